package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.array.DType;
import org.tapegrad.io.Safetensors;

/** The program as {@code java -jar tapegrad-style.jar}, which starts Java a second time. */
class JarTest {
  private static final String JAR = System.getProperty("style.jar");

  @TempDir Path folder;
  private Path photograph;
  private Path model;
  private Path out;
  private Path errors;

  @BeforeEach
  void files() {
    photograph = folder.resolve("photo graph.png");
    PictureFiles.write(TestPictures.waves(64, 64), photograph);
    model = folder.resolve("model.safetensors");
    TestModels.write(model);
    out = folder.resolve("out.txt");
    errors = folder.resolve("errors.txt");
  }

  private Process start(List<String> before, List<String> options, Object... args)
      throws IOException {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(options);
    words.addAll(List.of("-jar", JAR));
    for (Object arg : args) {
      words.add(arg.toString());
    }
    return new ProcessBuilder(words)
        .redirectOutput(out.toFile())
        .redirectError(errors.toFile())
        .start();
  }

  private int run(List<String> options, Object... args) throws Exception {
    return end(start(List.of(), options, args));
  }

  private static int end(Process process) throws InterruptedException {
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  /** Nothing but what the program says: not that Java has an incubator module. */
  @Test
  void repaints() throws Exception {
    Path picture = folder.resolve("pictures/re painted.png");
    assertEquals(0, run(List.of(), "apply", "--model", model, photograph, picture));
    assertEquals("", Files.readString(errors));
    assertEquals(photograph + " -> " + picture + " (64x64)\n", Files.readString(out));
    assertEquals(64, TestPictures.read(picture).getWidth());
  }

  @Test
  void whatIsWrongIsOneLineAndAnExitCode() throws Exception {
    Path none = folder.resolve("none.png");
    assertEquals(Failure.FILE, run(List.of(), "apply", "--model", model, none, "x.png"));
    assertEquals("error: " + none + ": no such file or folder\n", Files.readString(errors));
    assertEquals(Failure.USAGE, run(List.of(), "repaint"));
    assertEquals(1, Files.readAllLines(errors).size());
    assertEquals(Failure.NONE, run(List.of(), "--help"));
    assertEquals("", Files.readString(errors));
  }

  /** What is typed is said again, with a larger heap. */
  @Test
  void moreMemoryIsAskedForInTheSameCommand() throws Exception {
    Path large = folder.resolve("large.png");
    PictureFiles.write(TestPictures.waves(1200, 1200), large);
    Object[] args = {"apply", "--model", model, large, folder.resolve("x.png")};
    assertEquals(Failure.FILE, run(List.of("-Xmx40m"), args));
    String line = Files.readString(errors);
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.startsWith("error: " + large), line);
    String command = "give it 8 GB: java -Xmx8g -jar " + JAR + " apply --model ";
    assertTrue(line.contains(command.substring(0, 40)), line);
    assertTrue(line.endsWith("x.png\n"), line);
  }

  /** The checkpoint tells that the second Java machine had the vector module, as this one has. */
  @Test
  void aSignalIsPassedOn() throws Exception {
    Path env = Path.of("/usr/bin/env");
    assumeTrue(Files.exists(env) && Files.exists(Path.of("/bin/kill")));
    Path checkpoint = folder.resolve("out/model.training.safetensors");
    Path made = folder.resolve("out/model.safetensors");
    Object[] args = {"train", "--size", 52, "--steps", 100_000, "--out", made};
    Process process = start(List.of(env.toString(), "--default-signal=INT"), List.of(), args);
    try {
      while (process.isAlive() && !Files.exists(checkpoint)) {
        Thread.sleep(20);
      }
    } finally {
      if (!Files.exists(checkpoint)) {
        process.destroy();
      }
    }
    new ProcessBuilder("/bin/kill", "-INT", "" + process.pid()).start().waitFor();
    int exitCode = end(process);
    String printed = Files.readString(errors);
    assertEquals(130, exitCode, printed);
    assertTrue(printed.contains("stopped after step "), printed);
    assertEquals(DType.kernelSet(), Safetensors.read(checkpoint).metadata().get("kernels"));
  }
}
