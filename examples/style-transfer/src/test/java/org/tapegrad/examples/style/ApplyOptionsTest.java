package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.array.NdArray;

/** What apply makes of a picture once the network has painted it, and what it says of a model. */
class ApplyOptionsTest {
  @TempDir Path folder;
  private Path model;
  private Path photograph;
  private Path out;
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void files() {
    model = folder.resolve("model.safetensors");
    TransformerNetwork network = new TransformerNetwork(1, List.of("waves", "dots"));
    ModelFile.write(network, Map.of("--seed", "1"), model);
    photograph = folder.resolve("photograph.png");
    PictureFiles.write(TestPictures.waves(40, 30), photograph);
    out = folder.resolve("out.png");
  }

  private int apply(Object... args) {
    return command.execute(args, "apply", "--model", model);
  }

  private NdArray applied(Object... options) {
    List<Object> args = new ArrayList<>(List.of(options));
    args.addAll(List.of(photograph, out));
    assertEquals(0, apply(args.toArray()), command.errors.toString());
    return Pixels.of(TestPictures.read(out));
  }

  private static void assertEqual(NdArray expected, NdArray was) {
    assertEquals(0, expected.minus(was).abs().max().item(), 0.51 / 255);
  }

  @Test
  void strengthMixesWithThePhotograph() {
    NdArray whole = applied();
    NdArray photo = Pixels.of(TestPictures.read(photograph));
    assertEqual(photo, applied("--strength", "0"));
    assertEqual(whole.plus(photo).times(0.5), applied("--strength", "0.5"));
  }

  @Test
  void keptColoursNeedNoValue() {
    NdArray photo = applied("--keep-colours");
    assertEqual(photo, applied("--keep-colours=photo"));
    NdArray painting = applied("--keep-colours=painting");
    assertTrue(photo.minus(painting).abs().max().item() > 0.02);
    assertTrue(photo.minus(applied()).abs().max().item() > 0.02);
  }

  @Test
  void quietPrintsNothing() {
    applied("--quiet");
    assertEquals("", command.printed.toString());
    assertEquals("", command.errors.toString());
  }

  @Test
  void wrongValuesAreRefused() {
    assertRefused("--strength must be from 0 to 1, was 1.5", "--strength", "1.5");
    assertRefused("--strength must be from 0 to 1, was NaN", "--strength", "NaN");
    assertRefused("--keep-colours must be photo or painting, was x", "--keep-colours=x");
    assertEquals(Failure.USAGE, apply(photograph));
    assertTrue(
        command.errors.toString().contains("Missing required parameters: IN and OUT, or --info"),
        "" + command.errors);
  }

  private void assertRefused(String message, Object... options) {
    List<Object> args = new ArrayList<>(List.of(options));
    args.addAll(List.of(photograph, out));
    assertEquals(Failure.USAGE, apply(args.toArray()));
    assertTrue(command.errors.toString().contains(message), command.errors.toString());
  }

  @Test
  void infoPrintsTheCard() {
    assertEquals(0, apply("--info"), command.errors.toString());
    List<String> lines = command.printed.toString().lines().toList();
    assertEquals("--seed           1", lines.get(0));
    assertTrue(lines.contains("architecture     " + TransformerNetwork.ARCHITECTURE), "" + lines);
    assertTrue(lines.contains("styles           waves, dots"), "" + lines);
    assertTrue(lines.get(lines.size() - 1).matches("weights +\\d{6}"), "" + lines);
  }
}
