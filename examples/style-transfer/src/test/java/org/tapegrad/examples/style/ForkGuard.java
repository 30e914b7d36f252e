package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.io.Safetensors;

/** Java machines of their own: little memory, other numbers of threads, other compilers. */
class ForkGuard {
  @TempDir Path folder;
  private Path errors;

  @BeforeEach
  void errors() {
    errors = folder.resolve("errors.txt");
  }

  private Process start(List<String> options, Object... args) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(StyleTransfer.class.getName());
    for (Object arg : args) {
      words.add(arg.toString());
    }
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(errors.toFile())
        .start();
  }

  private int end(Process process) throws InterruptedException {
    try {
      assertTrue(process.waitFor(15, TimeUnit.MINUTES));
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  private static Object[] train(Path model, String... more) {
    List<Object> words = new ArrayList<>(List.of("train", "--size", 52, "--steps", 24));
    words.addAll(List.of("--out", model));
    words.addAll(List.of(more));
    return words.toArray();
  }

  /**
   * A training that a signal stops, and that goes on with more threads and all compilers, ends as
   * one that never stopped, on one thread.
   */
  @ParameterizedTest
  @CsvSource({"java.base", "jdk.incubator.vector"})
  void aStoppedTrainingEndsBitForBit(String module) throws Exception {
    Path whole = folder.resolve("whole/model.safetensors");
    Path stopped = folder.resolve("stopped/model.safetensors");
    Path checkpoint = stopped.resolveSibling("model.training.safetensors");
    // no third start for the vector module
    List<String> options = List.of("--add-modules", module, "-Dtapegrad.started.again=true");
    List<String> one = new ArrayList<>(options);
    one.add("-XX:ActiveProcessorCount=1");
    assertEquals(Failure.NONE, end(start(one, train(whole))), Files.readString(errors));

    List<String> begun = new ArrayList<>(options);
    begun.add("-XX:ActiveProcessorCount=3");
    Process process = start(begun, train(stopped));
    while (process.isAlive() && !Files.exists(checkpoint)) {
      Thread.sleep(10);
    }
    process.destroy();
    assertEquals(143, end(process), Files.readString(errors));
    int steps = Safetensors.read(checkpoint).tensors().get("history").size(0);
    assertTrue(steps < 24, "stopped after " + steps);
    begun.add("-Xbatch");
    assertEquals(
        Failure.NONE, end(start(begun, train(stopped, "--resume"))), Files.readString(errors));
    for (String name : List.of("model.safetensors", "model.training.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolveSibling(name)),
          Files.readAllBytes(stopped.resolveSibling(name)));
    }
    System.out.printf("resumed after step %d of 24, equal bits (%s)%n", steps, module);
  }

  /** As a picture of 48 megapixels in 1 GB, with eight times the room for what does not grow. */
  @Test
  void aLargePictureIsRepaintedWithASmallHeap() throws Exception {
    Path model = folder.resolve("model.safetensors");
    TestModels.write(model);
    Path large = folder.resolve("large.jpg");
    PictureFiles.write(TestPictures.waves(2400, 1800), large);
    Path out = folder.resolve("out.png");
    int exitCode = end(start(List.of("-Xmx160m"), "apply", "--model", model, large, out));
    assertEquals(Failure.NONE, exitCode, Files.readString(errors));
    assertEquals(2400, TestPictures.read(out).getWidth());
  }

  /** The photographs of a folder take 170 MB in memory. */
  @Test
  void contentIsNotKeptInMemory() throws Exception {
    Path content = Files.createDirectory(folder.resolve("content"));
    Path first = content.resolve("0.jpg");
    PictureFiles.write(TestPictures.waves(5000, 104), first);
    for (int i = 1; i < 80; i++) {
      Files.copy(first, content.resolve(i + ".jpg"));
    }
    Path model = folder.resolve("out/model.safetensors");
    List<Object> words =
        List.of("train", "--size", 52, "--steps", 3, "--content", content, "--out", model);
    int exitCode = end(start(List.of("-Xmx120m"), words.toArray()));
    assertTrue(exitCode <= Failure.TRAINING, Files.readString(errors)); // three steps are few
    assertTrue(Files.exists(model));
  }
}
