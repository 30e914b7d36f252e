package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;

class DistillationTest {
  private static final Looks LOOKS = new Looks(List.of(TestPictures.waves(90, 70)), 39);

  @TempDir Path folder;

  /** A SqueezeNet of random weights. */
  private FeatureNetwork teacher() throws IOException {
    Map<String, NdArray> weights = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    convolution(weights, random, "conv1", 64, 3, 3);
    int in = 64;
    int[] squeezed = {16, 16, 32, 32, 48, 48, 64, 64};
    for (int i = 0; i < squeezed.length; i++) {
      String fire = "fire" + (i + 2);
      convolution(weights, random, fire + ".squeeze1x1", squeezed[i], in, 1);
      convolution(weights, random, fire + ".expand1x1", 4 * squeezed[i], squeezed[i], 1);
      convolution(weights, random, fire + ".expand3x3", 4 * squeezed[i], squeezed[i], 3);
      in = 8 * squeezed[i];
    }
    Path file = folder.resolve("teacher.safetensors");
    new Safetensors(weights, Map.of()).write(file);
    return FeatureNetwork.read(file);
  }

  private static void convolution(
      Map<String, NdArray> weights,
      SplittableRandom random,
      String name,
      int out,
      int in,
      int kernel) {
    double deviation = Math.sqrt(2.0 / (in * kernel * kernel));
    NdArray w = NdArray.normal(DType.FLOAT32, random, 0, deviation, out, in, kernel, kernel);
    weights.put(name + ".weight", w);
    weights.put(name + ".bias", NdArray.zeros(DType.FLOAT32, out));
  }

  private static double mean(double[] losses, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += losses[i];
    }
    return sum / (to - from);
  }

  @Test
  void theStudentLearns() throws IOException {
    int steps = 40;
    Distillation distillation = new Distillation(teacher(), LOOKS, steps, 1);
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      losses[i] = distillation.step();
    }
    double before = mean(losses, 0, 4);
    double after = mean(losses, steps - 8, steps);
    assertTrue(after < 0.5 * before, "from " + before + " to " + after);
  }

  @Test
  void theSeedDecidesOnEverything() throws IOException {
    FeatureNetwork teacher = teacher();
    Distillation a = new Distillation(teacher, LOOKS, 9, 1);
    Distillation b = new Distillation(teacher, LOOKS, 9, 1);
    assertEquals(a.step(), b.step());
    assertEquals(a.step(), b.step());
    assertEquals(a.state(), b.state());
    assertNotEquals(a.state(), new Distillation(teacher, LOOKS, 9, 2).state());
  }

  @Test
  void looksAreOfManyKinds() {
    NdArray batch = LOOKS.batch(3, 16);
    assertEquals(batch, LOOKS.batch(3, 16));
    assertTrue(batch.hasShape(16, 3, 39, 39));
    assertTrue(batch.map(v -> v < 0 || v > 1 ? 1 : 0).sum().item() == 0);
    for (int i = 1; i < 16; i++) {
      assertNotEquals(batch.slice(0, i, i + 1), batch.slice(0, i - 1, i));
    }
  }

  @Test
  void whatSqueezeNetSeesIsLearntAndServesAsALoss() {
    Path file = folder.resolve("small.safetensors");
    CommandRun command = new CommandRun();
    Object[] options = {"--steps", 2, "--without", "dots", "--out", file};
    assertEquals(
        0,
        command.execute(options, "distil", "--features", Features.squeezeNet()),
        "" + command.errors);
    FeatureNetwork small = FeatureNetwork.read(file);
    assertEquals(List.of("small1", "small2", "small3", "small4", "small5"), small.layers());
    Tensor picture = Tape.inference().constant(Pixels.of(TestPictures.waves(95, 95)));
    Map<String, Tensor> seen = small.features(picture, small.layers());
    Map<String, Tensor> taught =
        FeatureNetwork.read(Features.squeezeNet()).features(picture, List.of("conv1", "fire5"));
    assertEquals(taught.get("conv1").size(3), seen.get("small1").size(3));
    assertEquals(taught.get("fire5").size(3), seen.get("small5").size(3));
    FeatureLoss loss = new FeatureLoss(small, picture.value(), 0.5);
    assertEquals(0, loss.of(picture, picture).total().item(), 1e-3);
    assertTrue(loss.of(picture.times(0.5), picture).style().item() > 0.01);
  }

  @Test
  void wrongOptionsAreRefused() throws IOException {
    teacher();
    Path out = folder.resolve("small.safetensors");
    assertFails("--steps must be at least 1, was 0", out, "--steps", 0);
    assertFails("--without must be of [starry-night", out, "--without", "guernica");
    assertFails("would be overwritten", folder.resolve("teacher.safetensors"));
  }

  private void assertFails(String message, Path out, Object... options) {
    CommandRun command = new CommandRun();
    Path features = folder.resolve("teacher.safetensors");
    int code = command.execute(options, "distil", "--features", features, "--out", out);
    assertEquals(Failure.USAGE, code);
    assertTrue(command.errors.toString().contains(message), "" + command.errors);
  }
}
