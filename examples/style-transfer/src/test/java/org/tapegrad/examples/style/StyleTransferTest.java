package org.tapegrad.examples.style;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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
    CommandRun command = new CommandRun();
    int exitCode = command.execute(args);
    return new Outcome(exitCode, command.printed.toString(), command.errors.toString());
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

  private Path out(String name) {
    return folder.resolve("out").resolve(name);
  }

  private Path model() {
    return out("model.safetensors");
  }

  private Path checkpoint() {
    return out("model.training.safetensors");
  }

  private int stepsInCheckpoint() throws IOException {
    return Safetensors.read(checkpoint()).tensors().get("history").size(0);
  }

  private List<String> names(Path where) throws IOException {
    try (Stream<Path> files = Files.list(where)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path untrainedModel() {
    Path file = folder.resolve("untrained.safetensors");
    TestModels.write(file);
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
      assertTrue(Files.exists(out("model-" + name + ".png")), name);
    }
    BufferedImage result = TestPictures.read(out("model-repainted.png"));
    assertEquals(61, result.getWidth());
    assertEquals(47, result.getHeight());
    BufferedImage strip = TestPictures.read(out("model-strip-00020.png"));
    assertEquals(47, strip.getHeight());
    assertTrue(outcome.out.contains(out("model-repainted.png").toString()), outcome.out);
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
    train("--steps", 3);
    train("--resume", "--steps", 5);
    Path checkpoint = checkpoint();
    assertEquals(5, Safetensors.read(checkpoint).tensors().get("history").size(0));
    byte[] before = Files.readAllBytes(model());
    train("--resume", "--steps", 5);
    assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(model())));
  }

  @Test
  void resumesOnlyTheSameTraining() throws IOException {
    train("--steps", 1);
    assertFails(Failure.USAGE, "--size of the earlier run was 52", train("--resume", "--size", 56));
    assertFails(Failure.USAGE, "--seed of the earlier run was 2", train("--resume", "--seed", 1));
    assertFails(
        Failure.USAGE,
        "--style of the earlier run",
        train("--resume", "--style", picture("other.png", 50, 50)));
    Path checkpoint = checkpoint();
    Files.writeString(checkpoint, "damaged");
    assertFails(Failure.MODEL, "model.training.safetensors: not a model", train("--resume"));
    Files.copy(untrainedModel(), checkpoint, REPLACE_EXISTING);
    assertFails(Failure.MODEL, "not a checkpoint", train("--resume"));
  }

  @Test
  void withNothingToResumeItBegins() throws IOException {
    Outcome outcome = train("--resume");
    assertTrue(
        outcome.out.startsWith("nothing to resume, " + checkpoint() + " does not exist: begins"),
        outcome.out);
    assertEquals(2, stepsInCheckpoint());
  }

  @Test
  void anEarlierRunIsKept() throws IOException {
    train("--steps", 1);
    byte[] first = Files.readAllBytes(model());
    List<String> names = names(out(""));
    Outcome second = train("--steps", 2);
    assertTrue(
        second.out.startsWith("the earlier run is kept as " + out("model.1.safetensors")),
        second.out);
    assertArrayEquals(first, Files.readAllBytes(out("model.1.safetensors")));
    for (String name : names) {
      assertTrue(Files.exists(out(name.replaceFirst("model", "model.1"))), name);
    }
    Files.delete(out("model.1.safetensors"));
    Files.delete(model());
    assertTrue(train("--resume", "--steps", 2).out.contains("loss is left")); // resumed, not kept
    Files.delete(checkpoint());
    assertTrue(train("--resume").out.contains("kept as " + out("model.2.safetensors")));
  }

  @Test
  void aCheckpointComesAfterTheFirstStep() throws IOException {
    train("--steps", 9, "--learning-rate", 1e30); // ends in step 2
    assertEquals(1, stepsInCheckpoint());
  }

  @Test
  void aStripIsThereBeforeTheCheckpointThatFollowsIt() throws IOException {
    Path strip = out("model-strip-00001.png");
    Files.createDirectories(strip.resolve("in the way"));
    assertFails(Failure.FILE, "model-strip-00001.png: cannot be written", train());
    assertFalse(Files.exists(checkpoint()));
  }

  @Test
  void resumeMakesWhatIsMissing() throws IOException {
    train("--steps", 1);
    byte[] model = Files.readAllBytes(model());
    List<String> names = names(out(""));
    for (String name : names) {
      if (!name.endsWith(".training.safetensors")) {
        Files.delete(out(name));
      }
    }
    train("--steps", 1, "--resume");
    assertEquals(names, names(out("")));
    assertArrayEquals(model, Files.readAllBytes(model()));
  }

  @Test
  void twoTrainingsDoNotShareAFolder() {
    try (TrainingFiles other = new TrainingFiles(out("other.safetensors"))) {
      assertFails(Failure.FILE, "another training writes to this folder", train());
      assertFalse(other.contains(model()));
    }
    train();
    assertTrue(Files.exists(model()));
  }

  @Test
  void whatKilledRunsLeftIsRemoved() throws IOException {
    Path out = Files.createDirectory(out(""));
    String ofModel = ".6f9619ff-8b86-d011-b42d-00cf4fc964ff.part";
    for (String name : List.of(".style-transfer-1.part", ofModel, "mine.part", ".mine.part")) {
      Files.writeString(out.resolve(name), "x");
    }
    Path busy = Files.writeString(out.resolve(".style-transfer-2.part"), "x");
    try (FileChannel channel = FileChannel.open(busy, StandardOpenOption.WRITE)) {
      assertTrue(WholeFile.lock(channel));
      run("apply", "--model", untrainedModel(), photograph, out.resolve("x.png"));
      assertEquals(
          List.of(ofModel, ".mine.part", busy.getFileName().toString(), "mine.part", "x.png"),
          names(out));
    }
    train();
    List<String> left = names(out);
    assertTrue(left.containsAll(List.of(".mine.part", "mine.part")), left.toString());
    assertEquals(2, left.stream().filter(name -> name.matches(".*(part|lock)")).count(), "" + left);
  }

  @Test
  void whatIsReadIsNotOverwritten() throws IOException {
    Path content = Files.createDirectory(folder.resolve("content"));
    PictureFiles.write(TestPictures.waves(60, 60), content.resolve("a.png"));
    assertFails(
        Failure.USAGE,
        "lies in the folder of --content",
        train("--content", content, "--out", content.resolve("model.safetensors")));
    Files.createDirectory(out(""));
    for (String option : List.of("--style", "--photo")) {
      Path input = Files.copy(painting, out("model-repainted.png"), REPLACE_EXISTING);
      assertFails(Failure.USAGE, "would be overwritten", train(option, input));
      assertArrayEquals(Files.readAllBytes(painting), Files.readAllBytes(input));
    }
  }

  @Test
  void aCheckpointIsRepaintedWith() throws IOException {
    train("--steps", 1);
    Path a = folder.resolve("a.png");
    Path b = folder.resolve("b.png");
    run("apply", "--model", model(), photograph, a);
    assertEquals("", run("apply", "--model", checkpoint(), photograph, b).err);
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
  }

  @Test
  void aPhotographIsNotReplacedUnlessAskedFor() throws IOException {
    Path model = untrainedModel();
    byte[] before = Files.readAllBytes(photograph);
    Path link = Files.createSymbolicLink(folder.resolve("link.png"), photograph);
    for (Path out : List.of(photograph, link)) {
      assertFails(
          Failure.USAGE,
          "IN and OUT are one file, ",
          run("apply", "--model", model, photograph, out));
    }
    assertFails(
        Failure.USAGE,
        "IN and OUT are one folder, ",
        run("apply", "--model", model, folder, folder.resolve(".")));
    assertArrayEquals(before, Files.readAllBytes(photograph));
    assertEquals("", run("apply", "--model", model, "--overwrite", photograph, link).err);
    assertNotEquals(-1, Arrays.mismatch(before, Files.readAllBytes(photograph)));
    assertTrue(Files.isSymbolicLink(link));
  }

  @Test
  void everyPhotographHasAResultOfItsOwn() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    for (String name : List.of("a.png", "A.jpg", "b.png", "._b.png")) {
      PictureFiles.write(TestPictures.waves(16, 16), in.resolve(name));
    }
    Path out = folder.resolve("painted");
    assertEquals("", run("apply", "--model", untrainedModel(), in, out).err);
    assertEquals(List.of("A.jpg.png", "a.png.png", "b.png"), names(out));
    PictureFiles.write(TestPictures.waves(16, 16), in.resolve("a.png.jpg"));
    assertFails(
        Failure.USAGE,
        "would both become " + folder.resolve("none/a.png.png"),
        run("apply", "--model", untrainedModel(), in, folder.resolve("none")));
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void aFolderIsMadeForOnePhotograph() {
    Path out = folder.resolve("made");
    assertEquals("", run("apply", "--model", untrainedModel(), photograph, out).err);
    assertTrue(Files.exists(out.resolve("photograph.png")));
  }

  @Test
  void namesReachTheTerminalEscaped() throws IOException {
    Path in = folder.resolve("in\u001b[31m\n.png");
    assertFails(
        Failure.FILE,
        "in\\u001b[31m\\u000a.png: no such file",
        run("apply", "--model", untrainedModel(), in, folder.resolve("out.png")));
    Files.copy(photograph, in);
    Outcome outcome = run("apply", "--model", untrainedModel(), in, folder.resolve("out.png"));
    assertTrue(outcome.out.contains("in\\u001b[31m\\u000a.png -> "), outcome.out);
    assertFails(Failure.USAGE, "\\u001b", run("--\u001b[31m"));
    Path file = folder.resolve("long.safetensors");
    String name = "\u001b]0;title\u0007" + "x".repeat(9000);
    Map<String, NdArray> tensors =
        new LinkedHashMap<>(Safetensors.read(untrainedModel()).tensors());
    tensors.put(name, NdArray.zeros(DType.FLOAT32, 1));
    new Safetensors(tensors, Map.of("architecture", TransformerNetwork.ARCHITECTURE)).write(file);
    Outcome refused = run("apply", "--model", file, photograph, folder.resolve("out.png"));
    assertFails(Failure.MODEL, "\\u001b]0;title\\u0007", refused);
    assertTrue(refused.err.length() < 500, "" + refused.err.length());
  }

  @Test
  void whateverACommandThrowsIsOneLine() {
    Map<Throwable, Integer> codes =
        Map.of(
            new IllegalStateException("two\nlines"),
            Failure.UNFORESEEN,
            new OutOfMemoryError("heap"),
            Failure.FILE,
            new InternalError("fonts"),
            Failure.UNFORESEEN,
            Failure.usage("wrong"),
            Failure.USAGE);
    codes.forEach(
        (thrown, code) -> {
          StringWriter err = new StringWriter();
          Callable<Integer> command =
              () -> {
                if (thrown instanceof Error error) {
                  throw error;
                }
                throw (Exception) thrown;
              };
          CommandLine.Model.CommandSpec spec =
              CommandLine.Model.CommandSpec.wrapWithoutInspection(command);
          int exitCode =
              new CommandLine(spec)
                  .setExecutionStrategy(StyleTransfer::execute)
                  .setErr(new PrintWriter(err, true))
                  .execute();
          assertFails(code, "error: ", new Outcome(exitCode, "", err.toString()));
        });
  }

  @Test
  void whateverIsThrownIsOneLine() {
    Failure failure = Failure.of(new IllegalStateException("two\nlines"));
    assertEquals(Failure.UNFORESEEN, failure.exitCode());
    assertTrue(
        failure.getMessage().startsWith("unforeseen, java.lang.IllegalStateException: two\\u000a"),
        failure.getMessage());
    assertTrue(
        Failure.of(new OutOfMemoryError()).getMessage().contains("JAVA_TOOL_OPTIONS=-Xmx8g"));
    assertThrows(
        OutOfMemoryError.class,
        () -> Pixels.of(new BufferedImage(30000, 30000, BufferedImage.TYPE_BYTE_BINARY)));
  }

  @Test
  void aPaintingOfOneColourIsNamed() {
    Path flat = folder.resolve("flat.png");
    PictureFiles.write(new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB), flat);
    assertFails(Failure.FILE, "flat.png: is of one colour throughout", train("--style", flat));
  }

  @Test
  void theSizeOfThePaintingCounts() throws IOException {
    train("--steps", 1, "--style-size", 52);
    assertFails(Failure.USAGE, "--style of the earlier run", train("--resume", "--style-size", 53));
    assertFails(Failure.USAGE, "--style-size must be at least", train("--style-size", 9));
  }

  @Test
  void brokenPhotographsAreSkippedWithALine() throws IOException {
    Path content = Files.createDirectories(folder.resolve("content/below/it"));
    PictureFiles.write(TestPictures.waves(60, 60), content.resolve("a.png"));
    PictureFiles.write(TestPictures.waves(60, 51), content.resolve("b.png"));
    Files.writeString(folder.resolve("content/c.jpg"), "none");
    Files.writeString(folder.resolve("content/._a.jpg"), "hidden");
    Outcome outcome = train("--steps", 1, "--content", folder.resolve("content"));
    List<String> lines = outcome.err.lines().toList();
    assertEquals(4, lines.size(), outcome.err);
    assertTrue(
        lines.get(0).matches("skipped .*b.png: 60x51 is too small to train on.*"), lines.get(0));
    assertTrue(lines.get(1).matches("skipped .*c.jpg: cannot be read.*"), lines.get(1));
    assertEquals("trains on 1 pictures of 3", lines.get(2));
    Files.delete(content.resolve("a.png"));
    assertTrue(
        train("--content", folder.resolve("content"))
            .err
            .contains("no picture that could be used"));
  }

  @Test
  void transparencyIsKeptInPng() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, i % 32 * 8 << 24 | 0x4080c0);
    }
    Path in = folder.resolve("in.png");
    Path out = folder.resolve("out.png");
    PictureFiles.write(image, in);
    run("apply", "--model", untrainedModel(), in, out);
    BufferedImage painted = ImageIO.read(out.toFile());
    for (int i = 0; i < 32 * 32; i++) {
      assertEquals(i % 32 * 8, painted.getRGB(i % 32, i / 32) >>> 24);
    }
    Path jpeg = folder.resolve("out.jpg");
    assertEquals("", run("apply", "--model", untrainedModel(), in, jpeg).err);
    assertFalse(ImageIO.read(jpeg.toFile()).getColorModel().hasAlpha());
  }

  @Test
  void jpegKeepsColoursAtFullResolution() throws IOException {
    BufferedImage stripes = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      stripes.setRGB(i % 32, i / 32, i % 2 == 0 ? 0xc04040 : 0x408040);
    }
    Path file = folder.resolve("stripes.jpg");
    PictureFiles.write(stripes, file);
    BufferedImage read = TestPictures.read(file);
    for (int x = 8; x < 24; x++) {
      int red = read.getRGB(x, 16) >> 16 & 255;
      assertEquals(x % 2 == 0 ? 0xc0 : 0x40, red, 16, "column " + x);
    }
    long fine = Files.size(file);
    PictureFiles.write(stripes, file, 30);
    assertTrue(Files.size(file) < fine, "" + fine);
    assertFails(
        Failure.USAGE,
        "--quality must be from 1 to 100, was 0",
        run("apply", "--quality", 0, photograph, file));
  }

  @Test
  void formatsThatAreNotReadAreNamed() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    PictureFiles.write(TestPictures.waves(16, 16), in.resolve("a.png"));
    Files.writeString(in.resolve("b.HEIC"), "x");
    Outcome outcome = run("apply", "--model", untrainedModel(), in, folder.resolve("painted"));
    assertEquals("skipped " + in.resolve("b.HEIC") + ": format not read\n", outcome.err);
    assertEquals(0, outcome.exitCode);
  }

  @Test
  void otherKernelsAreRefusedUnlessAskedFor() throws IOException {
    train("--steps", 1);
    Path checkpoint = checkpoint();
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
        "--batch | 0 | --batch must be from 1 to 4096, was 0",
        "--content-weight | -1 | --content-weight must be a number >= 0, was -1.0",
        "--content-weight | NaN | --content-weight must be a number >= 0, was NaN",
        "--colour-weight | -1 | --colour-weight must be a number >= 0, was -1.0",
        "--smoothness | NaN | --smoothness must be a number >= 0, was NaN",
        "--tone-weight | -2 | --tone-weight must be a number >= 0, was -2.0",
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
    for (int large : new int[] {20_000, 2_000_000_000}) {
      args[4] = large;
      assertFails(
          Failure.FILE,
          "megapixels with --short-side " + large + ", more than the limit of 100",
          run(args));
    }
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
