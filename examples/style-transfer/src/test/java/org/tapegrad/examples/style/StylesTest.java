package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Parameter;

/** Many styles in one network. */
class StylesTest {
  private static final Settings SETTINGS = new Settings(52, 8, 1, 0.1, 0.02, 3);
  private static final NdArray PHOTOGRAPH = Pixels.of(TestPictures.waves(40, 32));

  @TempDir Path folder;

  private static Training training(TransformerNetwork from, String... names) {
    List<Painting> paintings =
        List.of(names).stream().map(n -> Painting.of(n, 73, new PictureReader(1))).toList();
    return new Training(SETTINGS, paintings, ImageDataset.bundled(52), null, from);
  }

  private static void steps(Training training, int count) {
    for (int i = 0; i < count; i++) {
      training.step();
    }
  }

  private static NdArray painted(TransformerNetwork network, double... mixture) {
    network.mix(mixture);
    return network.forward(Tape.inference().constant(PHOTOGRAPH)).value();
  }

  @Test
  void aNetworkLearnsAllItsStylesInTurn() {
    Training training = training(null, "stained-glass", "dots");
    NdArray before = training.network().styleParameters().get(0).value().copy();
    steps(training, 1);
    NdArray first = training.network().styleParameters().get(0).value().copy();
    assertNotEquals(before.slice(0, 0, 1), first.slice(0, 0, 1));
    assertEquals(before.slice(0, 1, 2), first.slice(0, 1, 2)); // not its turn
    steps(training, 1);
    NdArray second = training.network().styleParameters().get(0).value();
    assertNotEquals(first.slice(0, 1, 2), second.slice(0, 1, 2));
    TransformerNetwork network = training.network();
    assertNotEquals(painted(network, 1, 0), painted(network, 0, 1));
    assertNotEquals(painted(network, 1, 0), painted(network, 0.5, 0.5));
  }

  @Test
  void aFurtherStyleLeavesTheOthersBitForBit() {
    Training first = training(null, "starry-night", "dots");
    steps(first, 8);
    TransformerNetwork network = first.network();
    Training second = training(network, "pen-hatching");
    TransformerNetwork wider = second.network();
    assertEquals(List.of("starry-night", "dots", "pen-hatching"), wider.styles());
    assertEquals(painted(network, 0, 1), painted(wider, 0, 1, 0));
    NdArray begun = painted(wider, 0, 0, 1);
    steps(second, 8);
    assertEquals(painted(network, 1, 0), painted(wider, 1, 0, 0));
    assertEquals(painted(network, 0, 1), painted(wider, 0, 1, 0));
    assertNotEquals(begun, painted(wider, 0, 0, 1));
    double[] total = second.history().total();
    assertTrue(total[7] < total[0], "from " + total[0] + " to " + total[7]);
    Set<Parameter> learnt = new HashSet<>(wider.styleParameters());
    wider.namedParameters().entrySet().stream()
        .filter(p -> !learnt.contains(p.getValue()))
        .forEach(p -> assertEquals(network.state().get(p.getKey()), p.getValue().value()));
  }

  @Test
  void aModelFileKeepsTheNamesOfItsStyles() {
    Path file = folder.resolve("model.safetensors");
    TestModels.write(file, "a", "b c");
    TransformerNetwork read = ModelFile.read(file);
    assertEquals(List.of("a", "b c"), read.styles());
    assertEquals(2, read.mixture().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"starry-night", "stained-glass", "pen-hatching", "dots"})
  void bundledPaintingsAreAlwaysTheSame(String name) {
    Painting painting = Painting.of(name, 90, new PictureReader(1));
    assertEquals(painting.pixels(), Painting.of(name, 90, new PictureReader(1)).pixels());
    assertEquals(90, Math.min(painting.pixels().size(2), painting.pixels().size(3)));
    double bright = painting.pixels().max().item();
    double dark = -painting.pixels().negate().max().item();
    assertTrue(bright > 0.7 && dark < 0.3, bright + ", " + dark);
  }

  private static StripChoice choice(String... args) {
    StripChoice choice = new StripChoice();
    new picocli.CommandLine(choice).parseArgs(args);
    return choice;
  }

  private static String mixtures(String... args) {
    return choice(args).mixtures(List.of("a", "b", "c")).stream()
        .map(java.util.Arrays::toString)
        .toList()
        .toString();
  }

  @Test
  void stylesAreChosenByNameByWeightAndAsAStrip() {
    assertEquals("[[1.0, 0.0, 0.0]]", mixtures());
    assertEquals("[[0.0, 1.0, 0.0]]", mixtures("--style", "b"));
    assertEquals("[[0.2, 0.0, 0.9]]", mixtures("--style-weights", "0.2,0,0.9"));
    assertEquals(
        "[[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]",
        mixtures("--strip", "5"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--style d: --style must be one of [a, b, c], was d",
        "--style-weights 1,2: --style-weights must be 3 numbers, one for each of [a, b, c], was [1",
        "--style-weights 1,2,NaN: --style-weights must be 3 numbers",
        "--strip 1: --strip needs 2 pictures and 2 styles at least, was 1 of 3",
        "--strip 3 --style a: --style, --style-weights and --strip: give one of them"
      })
  void wrongChoicesAreNamed(String line) {
    String[] parts = line.split(": ", 2);
    Failure failure = assertThrows(Failure.class, () -> mixtures(parts[0].split(" ")));
    assertTrue(failure.getMessage().startsWith(parts[1]), failure.getMessage());
    assertEquals(Failure.USAGE, failure.exitCode());
    assertFalse(failure.getMessage().contains("\n"));
  }

  /** What a command prints as errors, after its exit code. */
  private static String run(Object... args) {
    CommandRun command = new CommandRun();
    return command.execute(args) + " " + command.errors;
  }

  @Test
  void theCommandTrainsManyAndPaintsInEach() throws IOException {
    Path photo = folder.resolve("photo.png");
    PictureFiles.write(TestPictures.waves(40, 32), photo);
    Path mine = folder.resolve("mine.png");
    PictureFiles.write(TestPictures.waves(60, 70), mine);
    Path model = folder.resolve("out/model.safetensors");
    String[] small = {"--size", "52", "--steps", "2", "--photo", photo.toString()};
    List<Object> train = new ArrayList<>(List.of("train", "--style", mine, "--style", "dots"));
    train.addAll(List.of(small));
    train.addAll(List.of("--out", model));
    String failed = run(train.toArray()); // two steps are too few to learn much
    assertTrue(failed.startsWith("1 error: the loss did not fall by half in 2 steps"), failed);
    assertTrue(Files.exists(folder.resolve("out/model-repainted.png")));
    assertTrue(Files.exists(folder.resolve("out/model-repainted-2.png")));
    Map<String, String> card = Safetensors.read(model).metadata();
    assertEquals("mine\ndots", card.get("styles"));
    assertEquals("2", card.get("--steps"));
    assertTrue(card.get("measures").matches("(?s)mine: ssim .*\ndots: ssim .*"), card.toString());

    Path out = folder.resolve("out.png");
    assertEquals("0 ", run("apply", "--model", model, "--style", "dots", photo, out));
    assertEquals(40, TestPictures.read(out).getWidth());
    assertEquals("0 ", run("apply", "--model", model, "--strip", "3", photo, out));
    assertEquals(3 * 40 + 2 * 4, TestPictures.read(out).getWidth());
    String unknown = run("apply", "--model", model, "--style", "oil", photo, out);
    assertEquals("2 error: --style must be one of [mine, dots], was oil\n", unknown);

    List<Object> more = new ArrayList<>(List.of("train", "--from", model, "--style", "dots"));
    more.addAll(List.of(small));
    more.addAll(List.of("--out", folder.resolve("more/model.safetensors")));
    assertEquals("2 error: there are two styles named dots\n", run(more.toArray()));
    more.set(4, "pen-hatching");
    String code = run(more.toArray()); // no bound on the loss that is left, but on faults
    assertTrue(code.equals("0 ") || code.startsWith("1 error: the repainted photograph"), code);
    assertEquals(
        List.of("mine", "dots", "pen-hatching"),
        ModelFile.read(folder.resolve("more/model.safetensors")).styles());
  }
}
