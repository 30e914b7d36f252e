package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.io.Safetensors;

/** The program in a process of its own, under signals, a full disk, little memory, no locale. */
class ProcessTest {
  @TempDir Path folder;
  private Path photograph;
  private Path errors;

  @BeforeEach
  void files() {
    photograph = folder.resolve("photograph.png");
    PictureFiles.write(TestPictures.waves(64, 64), photograph);
    errors = folder.resolve("errors.txt");
  }

  /** Runs the program behind other words, those of a shell or of env. */
  private Process start(List<String> before, String... args) throws IOException {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp"));
    words.addAll(List.of(System.getProperty("java.class.path"), StyleTransfer.class.getName()));
    words.addAll(List.of(args));
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(errors.toFile())
        .start();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void aSignalLeavesACheckpoint(String signal, int exitCode) throws Exception {
    Path env = Path.of("/usr/bin/env");
    assumeTrue(Files.exists(env) && Files.exists(Path.of("/bin/kill")));
    Path model = folder.resolve("out/model.safetensors");
    Path checkpoint = folder.resolve("out/model.training.safetensors");
    List<String> heard = List.of(env.toString(), "--default-signal=" + signal);
    String[] args =
        ("train --size 52 --steps 100000 --style %s --photo %s --out %s"
                .formatted(photograph, photograph, model))
            .split(" ");
    Process process = start(heard, args);
    try {
      while (process.isAlive() && !Files.exists(checkpoint)) {
        Thread.sleep(20);
      }
      Thread.sleep(100);
      new ProcessBuilder("/bin/kill", "-" + signal, "" + process.pid()).start().waitFor();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(errors);
    assertEquals(exitCode, process.exitValue(), printed);
    int steps = Safetensors.read(checkpoint).tensors().get("history").size(0);
    assertTrue(printed.contains("stopped after step " + steps + ", which is kept in "), printed);
    assertTrue(steps > 1, "stopped after " + steps);
  }

  @Test
  void aFullDiskLeavesTheOldPicture() throws Exception {
    assumeTrue(Files.exists(Path.of("/bin/sh")));
    Path model = folder.resolve("model.safetensors");
    TestModels.write(model);
    Path out = folder.resolve("pictures/out.png");
    PictureFiles.write(TestPictures.waves(64, 64), out);
    byte[] before = Files.readAllBytes(out);
    List<String> limited = List.of("/bin/sh", "-c", "ulimit -f 1; exec \"$@\"", "sh");
    assertEquals(Failure.FILE, run(limited, apply(model, photograph, out)));
    assertArrayEquals(before, Files.readAllBytes(out));
    assertEquals(1, folder.resolve("pictures").toFile().list().length);
  }

  private static String[] apply(Path model, Path in, Path out) {
    return new String[] {"apply", "--model", model.toString(), in.toString(), out.toString()};
  }

  private int run(List<String> before, String... args) throws Exception {
    Process process = start(before, args);
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  /** The last line; with no option of Java's printed before it. */
  private String lastError() throws IOException {
    List<String> lines = Files.readAllLines(errors);
    return lines.get(lines.size() - 1);
  }

  @Test
  void aSmallHeapIsOneLine() throws Exception {
    Path model = folder.resolve("model.safetensors");
    TestModels.write(model);
    Path in = folder.resolve("in/b.png");
    PictureFiles.write(TestPictures.waves(1600, 1600), in);
    PictureFiles.write(TestPictures.waves(20, 20), folder.resolve("in/a.png"));
    PictureFiles.write(TestPictures.waves(20, 20), folder.resolve("in/c.png"));
    List<String> little = List.of("/usr/bin/env", "JAVA_TOOL_OPTIONS=-Xmx48m");
    assumeTrue(Files.exists(Path.of(little.get(0))));
    Path out = folder.resolve("out");
    assertEquals(Failure.FILE, run(little, apply(model, in.getParent(), out)));
    String line = lastError();
    assertTrue(line.startsWith("error: " + in + ": 1600x1600 needs more memory"), line);
    assertTrue(line.endsWith("JAVA_TOOL_OPTIONS=-Xmx8g before the command gives 8 GB"), line);
    assertEquals(List.of("a.png", "c.png"), Stream.of(out.toFile().list()).sorted().toList());
    String[] train =
        "train --size 256 --out %s".formatted(folder.resolve("model/model.safetensors")).split(" ");
    assertEquals(Failure.USAGE, run(little, train));
    assertTrue(lastError().startsWith("error: training needs more memory"), lastError());
  }

  @Test
  void neitherLocaleNorTemporaryFolderIsNeeded() throws Exception {
    Path model = folder.resolve("model.safetensors");
    TestModels.write(model);
    Path in = folder.resolve("in");
    PictureFiles.write(TestPictures.waves(20, 20), in.resolve("a.png"));
    PictureFiles.write(TestPictures.waves(20, 20), in.resolve("b\u00e9.png"));
    List<String> bare =
        List.of(
            "/usr/bin/env", "LC_ALL=C", "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + in.resolve("none"));
    assumeTrue(Files.exists(Path.of(bare.get(0))));
    Path out = folder.resolve("out");
    int exitCode = run(bare, apply(model, in, out));
    assertTrue(Files.exists(out.resolve("a.png")), Files.readString(errors));
    if (exitCode != Failure.NONE) {
      assertEquals(Failure.FILE, exitCode);
      assertTrue(lastError().contains("this locale cannot write the name"), lastError());
      assertEquals(Failure.FILE, run(bare, apply(model, in.resolve("b\u00e9.png"), out)));
      assertTrue(
          lastError().contains("that this locale cannot write: LC_ALL=C.UTF-8"), lastError());
    }
  }
}
