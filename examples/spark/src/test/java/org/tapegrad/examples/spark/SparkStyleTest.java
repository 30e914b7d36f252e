package org.tapegrad.examples.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.StyleTransfer;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine;

class SparkStyleTest {
  private static final String ONE = "local-cluster[1,1,1024]";

  @TempDir Path folder;

  private String printed;
  private String errors;

  /** Runs a command and keeps what it prints. */
  private int execute(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    ByteArrayOutputStream toErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
    try {
      return SparkStyle.execute(args);
    } finally {
      System.setOut(out);
      System.setErr(err);
      printed = toOut.toString(StandardCharsets.UTF_8);
      errors = toErr.toString(StandardCharsets.UTF_8);
    }
  }

  private Path photograph(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x * 4 << 16 | y * 4 << 8 | (x * y & 255));
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static String[] words(String[] more, String... first) {
    return Stream.of(first, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private static int executeHere(String... args) {
    return StyleTransfer.reporting(new CommandLine(new StyleTransfer())).execute(args);
  }

  /** Model and checkpoint, which has the optimiser's state and the losses. */
  @Test
  void trainWritesTheFilesOfOneProcess() throws IOException {
    String photo = photograph("p.png", 40, 40).toString();
    String[] settings = {"--size", "52", "--steps", "2", "--batch", "3", "--photo", photo};
    Path here = folder.resolve("here/model.safetensors");
    Path there = folder.resolve("there/model.safetensors");
    executeHere(words(settings, "train", "--out", here.toString()));
    execute(words(settings, "train", "--out", there.toString()));
    for (String name : List.of("model.safetensors", "model.training.safetensors")) {
      assertTrue(Files.exists(there.resolveSibling(name)), errors);
      assertArrayEquals(
          Files.readAllBytes(here.resolveSibling(name)),
          Files.readAllBytes(there.resolveSibling(name)));
    }
    assertTrue(printed.contains("1 steps of"), printed);
  }

  @Test
  void applyRepaintsWhatCanBeReadAndIsNotThere() throws IOException {
    Path good = photograph("in/a.png", 40, 32);
    photograph("in/b, [1].png", 32, 40);
    photograph("in/small.png", 8, 8);
    Files.write(folder.resolve("in/damaged.jpg"), new byte[] {(byte) 0xff, (byte) 0xd8, 0, 0});
    Files.writeString(folder.resolve("in/notes.txt"), "not a picture");
    String[] places = {folder.resolve("in").toUri().toString(), folder.resolve("out").toString()};
    String[] apply = words(places, "apply", "--master", ONE, "--style", "dots");
    assertEquals(Failure.FILE, execute(apply));
    List<String> lines = errors.lines().toList();
    assertEquals(2, lines.size(), errors);
    assertTrue(lines.get(0).startsWith("error: damaged.jpg: cannot be read"), errors);
    assertTrue(lines.get(1).startsWith("error: small.png: 8x8 is too small"), errors);
    assertTrue(printed.startsWith("2 repainted, 0 were there, 2 failed"), printed);
    Path painted = folder.resolve("out/a.png.png");
    try (Stream<Path> files = Files.list(painted.getParent())) {
      assertEquals(
          List.of("a.png.png", "b, [1].png.png"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    Path here = folder.resolve("here.png");
    executeHere("apply", "--quiet", "--style", "dots", good.toString(), here.toString());
    assertArrayEquals(Files.readAllBytes(here), Files.readAllBytes(painted));

    Files.delete(painted);
    execute(apply);
    assertTrue(printed.startsWith("1 repainted, 1 were there, 2 failed"), printed);
  }

  private void assertRefused(int exitCode, String line, String... args) {
    assertEquals(exitCode, execute(args), errors);
    assertEquals(1, errors.lines().count(), errors);
    assertTrue(errors.contains(line), errors);
  }

  /** Bits would differ: refused, not computed. */
  @Test
  void anExecutorWithVectorsOfAnotherWidthIsRefused() throws IOException {
    assumeTrue(DType.kernelSet().startsWith("vector"));
    String narrow = "spark.executor.extraJavaOptions=-XX:MaxVectorSize=16";
    photograph("in/a.png", 40, 32);
    String in = folder.resolve("in").toString();
    String out = folder.resolve("out").toString();
    assertRefused(
        Cluster.SPARK,
        "executor 0 has kernels 'vector, 128 bits'",
        words(new String[] {"--conf", narrow, in, out}, "apply", "--master", ONE));
    assertEquals(List.of(), List.of(folder.resolve("out").toFile().list()));
  }

  @Test
  void anExecutorWithoutTheVectorModuleIsRefused() {
    assumeTrue(DType.kernelSet().startsWith("vector"));
    String plain = "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1";
    String model = folder.resolve("model.safetensors").toString();
    String[] settings = {"--size", "52", "--steps", "1", "--conf", plain, "--out", model};
    assertEquals(Cluster.SPARK, execute(words(settings, "train", "--master", ONE)), errors);
    assertTrue(errors.contains("error: executor 0 has kernels 'plain'"), errors);
  }

  @Test
  void withoutAnExecutorThereIsAReason() {
    String in = folder.toString();
    String[] places = {"--wait", "2", "--conf", "spark.executor.cores=2", in, in};
    assertRefused(
        Cluster.SPARK,
        "error: no executor at " + ONE + " within 2 s: is there a worker",
        words(places, "apply", "--master", ONE));
  }

  @Test
  void whatIsWrongIsToldBeforeSparkStarts() throws IOException {
    Path other = folder.resolve("other.safetensors");
    new Safetensors(Map.of("w", NdArray.of(1, 2, 3)), Map.of("architecture", "mine")).write(other);
    String in = folder.toString();
    assertRefused(
        Failure.MODEL, "its architecture is 'mine'", "apply", "--model", other.toString(), in, in);
    assertRefused(
        Failure.MODEL,
        "its architecture is 'mine'",
        words(
            new String[] {"--out", folder.resolve("m.safetensors").toString()},
            "train",
            "--from",
            other.toString()));
    assertRefused(Failure.USAGE, "--batch must be from 1", "train", "--batch", "0");
    assertRefused(Failure.USAGE, "error: Unknown option: '--such'", "apply", "--such", in, in);
  }
}
