package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine;

/** The command line, as a person uses it. */
class StyleTransferTest {
  @TempDir Path folder;
  private Path painting;
  private Path photograph;

  /** What a command printed and returned. */
  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void pictures() {
    painting = picture("painting.png", 60, 54);
    photograph = picture("photograph.png", 61, 47);
  }

  private Path picture(String name, int width, int height) {
    Path file = folder.resolve(name);
    PictureFiles.write(TestPictures.waves(width, height), file);
    return file;
  }

  private Path bundled(String name) {
    Path file = folder.resolve("bundled.png");
    PictureFiles.write(Pixels.withShortSide(PictureReader.resource(name), 150), file);
    return file;
  }

  private static Outcome run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> words = new ArrayList<>();
    for (Object arg : args) {
      words.add(arg.toString());
    }
    CommandLine commandLine =
        StyleTransfer.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(words.toArray(String[]::new));
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /** A small training of few steps; later options replace earlier ones. */
  private Outcome train(Object... more) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("--style", painting);
    options.put("--photo", photograph);
    options.put("--size", 52);
    options.put("--steps", 2);
    options.put("--out", model());
    List<Object> args = new ArrayList<>(List.of("train"));
    for (int i = 0; i < more.length; i++) {
      if (List.of("--resume", "--other-kernels").contains(more[i])) {
        args.add(more[i]);
      } else {
        options.put(more[i].toString(), more[++i]);
      }
    }
    options.forEach((name, value) -> args.addAll(List.of(name, value)));
    return run(args.toArray());
  }

  private Path model() {
    return folder.resolve("out/model.safetensors");
  }

  private Path untrainedModel() {
    Path file = folder.resolve("untrained.safetensors");
    ModelFile.write(new TransformerNetwork(1), file);
    return file;
  }

  private static void assertFails(int exitCode, String message, Outcome outcome) {
    assertTrue(outcome.err.startsWith("error: "), outcome.err);
    assertTrue(outcome.err.contains(message), outcome.err);
    assertEquals(1, outcome.err.lines().count(), outcome.err);
    assertEquals(exitCode, outcome.exitCode);
  }

  @Test
  void trainsAndRepaints() {
    painting = bundled("images/starry_night.jpg");
    Outcome outcome = train("--steps", 20, "--learning-rate", 0.01);
    assertEquals("", outcome.err);
    assertEquals(0, outcome.exitCode, outcome.out);
    for (String name :
        List.of("strip-00001", "strip-00004", "strip-00010", "strip-00020", "loss")) {
      assertTrue(Files.exists(folder.resolve("out/" + name + ".png")), name);
    }
    BufferedImage result = TestPictures.read(folder.resolve("out/repainted.png"));
    assertEquals(61, result.getWidth());
    assertEquals(47, result.getHeight());
    BufferedImage strip = TestPictures.read(folder.resolve("out/strip-00020.png"));
    assertEquals(47, strip.getHeight());
    assertTrue(outcome.out.contains(folder.resolve("out/repainted.png").toString()), outcome.out);
    assertTrue(outcome.out.contains("% of the loss is left"), outcome.out);

    Path again = folder.resolve("again.png");
    assertEquals(0, run("apply", "--model", model(), photograph, again).exitCode);
    assertEquals(Pixels.of(result), Pixels.of(TestPictures.read(again)));
  }

  @Test
  void aTrainingThatHardlyLearntHasFailed() {
    assertFails(Failure.TRAINING, "did not fall by half in 1 steps", train("--steps", 1));
    assertTrue(Files.exists(model()));
  }

  @Test
  void aLossThatIsNoNumberStopsWithStepAndOperation() {
    Outcome outcome = train("--steps", 9, "--learning-rate", 1e30);
    assertFails(Failure.TRAINING, "not a number in step 2, first in v", outcome);
    assertFalse(Files.exists(model()));
  }

  @Test
  void resumesWhereItStopped() throws IOException {
    assertFails(Failure.FILE, "no such file", train("--resume"));
    train("--steps", 3);
    train("--resume", "--steps", 5);
    Path checkpoint = folder.resolve("out/model.training.safetensors");
    assertEquals(5, Safetensors.read(checkpoint).tensors().get("history").size(0));
    byte[] before = Files.readAllBytes(model());
    train("--resume", "--steps", 5);
    assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(model())));
  }

  @Test
  void resumesOnlyTheSameTraining() throws IOException {
    train("--steps", 1);
    assertFails(Failure.USAGE, "--size of the earlier run was 52", train("--resume", "--size", 56));
    assertFails(Failure.USAGE, "--seed of the earlier run was 1", train("--resume", "--seed", 2));
    assertFails(
        Failure.USAGE,
        "--style of the earlier run",
        train("--resume", "--style", picture("other.png", 50, 50)));
    Path checkpoint = folder.resolve("out/model.training.safetensors");
    Files.writeString(checkpoint, "damaged");
    assertFails(Failure.MODEL, "model.training.safetensors: not a model", train("--resume"));
    Files.copy(untrainedModel(), checkpoint, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertFails(Failure.MODEL, "not a checkpoint", train("--resume"));
  }

  @Test
  void otherKernelsAreRefusedUnlessAskedFor() throws IOException {
    train("--steps", 1);
    Path checkpoint = folder.resolve("out/model.training.safetensors");
    Safetensors written = Safetensors.read(checkpoint);
    assertEquals(DType.kernelSet(), written.metadata().get("kernels"));
    Map<String, String> metadata = new LinkedHashMap<>(written.metadata());
    metadata.put("kernels", "vector, 64 bits");
    new Safetensors(written.tensors(), metadata).write(checkpoint);
    assertFails(
        Failure.USAGE,
        "cannot resume: kernels of the earlier run was vector, 64 bits, now it is "
            + DType.kernelSet()
            + "; --other-kernels goes on",
        train("--resume", "--steps", 2));
    assertEquals(
        "",
        train("--resume", "--steps", 2, "--other-kernels")
            .err
            .replaceAll("error: the loss did not fall.*\n", ""));
    assertEquals(2, Safetensors.read(checkpoint).tensors().get("history").size(0));
    assertEquals(DType.kernelSet(), Safetensors.read(checkpoint).metadata().get("kernels"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size | 54 | --size must be a multiple of 4, was 54",
        "--size | 48 | --size must be at least 52",
        "--size | 4096 | --size must be at most",
        "--size | big | 'big' is not an int",
        "--steps | 0 | --steps must be at least 1, was 0",
        "--steps | -5 | --steps must be at least 1, was -5",
        "--batch | 0 | --batch must be from 1 to 64, was 0",
        "--content-weight | -1 | --content-weight must be a number >= 0, was -1.0",
        "--content-weight | NaN | --content-weight must be a number >= 0, was NaN",
        "--learning-rate | 0 | --learning-rate must be a number > 0, was 0.0",
        "--seed | 1.5 | '1.5' is not a long",
        "--sise | 64 | Unknown option",
        "--out | model.png | must end in .safetensors"
      })
  void wrongNumbersAreNamed(String option, String value, String message) {
    assertFails(Failure.USAGE, message, train(option, value));
  }

  @Test
  void picturesThatCannotBeTrainedOnAreNamed() throws IOException {
    Path missing = folder.resolve("missing.png");
    assertFails(Failure.FILE, "missing.png: no such file", train("--style", missing));
    assertFails(Failure.FILE, "missing.png: no such file", train("--photo", missing));
    assertFails(Failure.FILE, "missing.png: no such folder", train("--content", missing));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(Failure.FILE, "no picture in this folder", train("--content", empty));
    Path small = picture("small.png", 90, 51);
    assertFails(Failure.FILE, "90x51 is too small to train on", train("--content", small));
    assertFails(Failure.FILE, "is too small", train("--style", picture("tiny.png", 90, 40)));
    assertFails(Failure.FILE, "is too small", train("--photo", picture("tiny.png", 90, 15)));
    Path damaged = Files.writeString(folder.resolve("damaged.jpg"), "no picture");
    assertFails(Failure.FILE, "damaged.jpg: cannot be read", train("--content", damaged));
  }

  @Test
  void aModelThatCannotBeWrittenIsFoundBeforeTheTraining() {
    Outcome outcome = train("--out", photograph.resolve("model.safetensors"));
    assertFails(Failure.FILE, "cannot be written: a file is in the place", outcome);
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "17, 31", "64, 18", "53, 41"})
  void repaintsPicturesOfAnySize(int width, int height) {
    Path in = picture("in.png", width, height);
    Path out = folder.resolve("made/out.jpg");
    Outcome outcome = run("apply", "--model", untrainedModel(), in, out);
    assertEquals("", outcome.err);
    assertEquals(0, outcome.exitCode);
    BufferedImage picture = TestPictures.read(out);
    assertEquals(width, picture.getWidth());
    assertEquals(height, picture.getHeight());
    assertTrue(outcome.out.contains("(%dx%d)".formatted(width, height)), outcome.out);
  }

  @Test
  void repaintsAtAnotherSize() {
    Path out = folder.resolve("out.png");
    Object[] args = {"apply", "--model", untrainedModel(), "--short-side", 24, photograph, out};
    assertEquals(0, run(args).exitCode);
    assertEquals(31, TestPictures.read(out).getWidth());
    assertEquals(24, TestPictures.read(out).getHeight());
    args[4] = 15;
    assertFails(Failure.USAGE, "--short-side must be at least 16, was 15", run(args));
  }

  @Test
  void repaintsFolders() throws IOException {
    Path in = folder.resolve("in");
    Files.createDirectories(in);
    for (String name : List.of("a.png", "b.jpg")) {
      PictureFiles.write(TestPictures.waves(20, 20), in.resolve(name));
    }
    Files.writeString(in.resolve("notes.txt"), "no picture");
    Path out = folder.resolve("painted");
    Path model = untrainedModel();
    assertEquals(0, run("apply", "--model", model, in, out).exitCode);
    assertEquals(2, PictureFiles.inFolder(out).size());

    Files.writeString(in.resolve("aa.png"), "damaged");
    Path more = folder.resolve("more");
    assertFails(Failure.FILE, "aa.png: cannot be read", run("apply", "--model", model, in, more));
    assertEquals(2, PictureFiles.inFolder(more).size());
    assertFails(Failure.FILE, "is a file", run("apply", "--model", model, in, photograph));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(Failure.FILE, "no picture", run("apply", "--model", model, empty, out));
  }

  @Test
  void whatCannotBeRepaintedIsNamed() throws IOException {
    Path model = untrainedModel();
    Path out = folder.resolve("x.png");
    Path missing = folder.resolve("missing.png");
    assertFails(Failure.FILE, "missing.png: no such", run("apply", "--model", model, missing, out));
    Path small = picture("small.png", 40, 15);
    assertFails(
        Failure.FILE, "small.png: 40x15 is too small", run("apply", "--model", model, small, out));
    assertFails(
        Failure.USAGE,
        "x.gif: a picture is written as",
        run("apply", "--model", model, photograph, folder.resolve("x.gif")));
    assertFalse(Files.exists(out));
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    Files.createSymbolicLink(out, full);
    assertFails(
        Failure.FILE,
        "x.png: cannot be written: the disk is full",
        run("apply", "--model", model, photograph, out));
  }

  @Test
  void modelsOfOthersAreRefused() throws IOException {
    Path out = folder.resolve("x.png");
    Path file = folder.resolve("model.safetensors");
    assertFails(
        Failure.FILE,
        "no such file; train makes one",
        run("apply", "--model", file, photograph, out));
    Files.writeString(file, "damaged");
    assertFails(Failure.MODEL, "not a model", run("apply", "--model", file, photograph, out));

    Map<String, NdArray> other = Map.of("weight", NdArray.zeros(DType.FLOAT32, 2, 2));
    new Safetensors(other, Map.of()).write(file);
    assertFails(
        Failure.MODEL,
        "its architecture is unknown",
        run("apply", "--model", file, photograph, out));
    new Safetensors(other, Map.of("architecture", "8-16 channels")).write(file);
    assertFails(
        Failure.MODEL, "is '8-16 channels'", run("apply", "--model", file, photograph, out));
    new Safetensors(other, Map.of("architecture", TransformerNetwork.ARCHITECTURE)).write(file);
    assertFails(Failure.MODEL, "missing [", run("apply", "--model", file, photograph, out));
  }

  @Test
  void modelsWithoutNumbersAreRefused() throws IOException {
    Safetensors model = Safetensors.read(untrainedModel());
    Map<String, NdArray> tensors = new LinkedHashMap<>(model.tensors());
    String name = "output.weight";
    tensors.put(name, tensors.get(name).times(Double.NaN));
    Path file = folder.resolve("nan.safetensors");
    new Safetensors(tensors, model.metadata()).write(file);
    assertFails(
        Failure.MODEL,
        "nan.safetensors: output.weight holds values that are not numbers",
        run("apply", "--model", file, photograph, folder.resolve("x.png")));
    assertFalse(Files.exists(folder.resolve("x.png")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "train --help", "apply --help", "--version"})
  void helpIsNoError(String args) {
    Outcome outcome = run((Object[]) args.split(" "));
    assertEquals(0, outcome.exitCode);
    assertEquals("", outcome.err);
    assertTrue(outcome.out.contains("style-transfer"), outcome.out);
  }

  @Test
  void wrongCommandsAreNamed() {
    assertFails(Failure.USAGE, "Unmatched argument", run("paint"));
    assertFails(Failure.USAGE, "Missing required parameter", run("apply"));
  }
}
