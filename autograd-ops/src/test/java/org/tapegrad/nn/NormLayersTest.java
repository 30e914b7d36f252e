package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;
import org.tapegrad.ops.RunningStatistics;

class NormLayersTest {
  private final SplittableRandom random = new SplittableRandom(4);

  private NdArray normal(int... shape) {
    return NdArray.normal(DType.FLOAT64, random, 1, 2, shape);
  }

  private record Layer(Module module, int... shape) {
    @Override
    public String toString() {
      return module.toString();
    }
  }

  static List<Layer> layers() {
    ConditionalInstanceNorm2d conditional = new ConditionalInstanceNorm2d(DType.FLOAT64, 3, 4);
    conditional.interpolate(2, 0, 0.25);
    return List.of(
        new Layer(new InstanceNorm1d(DType.FLOAT64, 4), 2, 4, 5),
        new Layer(new InstanceNorm3d(DType.FLOAT64, 4), 2, 4, 2, 1, 3),
        new Layer(new BatchNorm2d(DType.FLOAT64, 4), 2, 4, 2, 3),
        new Layer(new GroupNorm(DType.FLOAT64, 2, 4), 2, 4, 3),
        new Layer(new LayerNorm(DType.FLOAT64, 4, 3), 2, 4, 3),
        new Layer(new RMSNorm(DType.FLOAT64, 3), 2, 4, 3),
        new Layer(conditional, 2, 4, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsOfTheirParameters(Layer layer) {
    Module module = layer.module;
    module.parameters().forEach(p -> p.value().assign(normal(p.value().shape())));
    NdArray x = normal(layer.shape);
    NdArray weights = normal(layer.shape);
    GradientCheck.onTape(
            tape -> module.forward(tape.constant(x)).times(tape.constant(weights)).sum())
        .withRespectTo(module.parameters())
        .restoring(List.copyOf(module.state().values()))
        .assertCorrect();
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  /** The layer's kind, its name within the network, what it takes, and what came. */
  @Test
  void messagesSpeakOfTheLayer() {
    Map<Module, String> expected =
        Map.of(
            new InstanceNorm1d(DType.FLOAT64, 4),
            "InstanceNorm1d a.norm: x must be [N, C, L] or [C, L] with C = 4, was",
            new InstanceNorm3d(DType.FLOAT64, 4),
            "InstanceNorm3d a.norm: x must be [N, C, D, H, W] or [C, D, H, W] with C = 4, was",
            new BatchNorm2d(DType.FLOAT64, 4),
            "BatchNorm2d a.norm: x must be [N, C, H, W] with C = 4, was",
            new GroupNorm(DType.FLOAT64, 2, 4),
            "GroupNorm a.norm: x must be [N, C, ...] with C = 4, was",
            new LayerNorm(DType.FLOAT64, 4, 3),
            "LayerNorm a.norm: the last axes of x must be [4, 3], x was",
            new RMSNorm(DType.FLOAT64, 4, 3),
            "RMSNorm a.norm: the last axes of x must be [4, 3], x was",
            new ConditionalInstanceNorm2d(DType.FLOAT64, 2, 4),
            "ConditionalInstanceNorm2d a.norm: x must be [N, C, H, W] with C = 4, was");
    expected.forEach(
        (layer, message) -> {
          Sequential net = new Sequential().add("a", new Sequential().add("norm", layer));
          Tensor x = new Tape().constant(normal(4, 5, 3));
          assertRefused(message + " float64[4, 5, 3]", () -> net.forward(x));
          assertRefused(message + " float64[3]", () -> net.forward(x.tape().constant(normal(3))));
        });
  }

  @Test
  void impossibleLayersAreRefused() {
    assertRefused(
        "GroupNorm: numGroups must divide numChannels = 4, was 3",
        () -> new GroupNorm(DType.FLOAT64, 3, 4));
    assertRefused(
        "LayerNorm: normalizedShape must be one or more sizes >= 1, was []",
        () -> new LayerNorm(DType.FLOAT64));
    assertRefused(
        "RMSNorm: normalizedShape must be one or more sizes >= 1, was [2, 0]",
        () -> new RMSNorm(DType.FLOAT64, 2, 0));
    assertRefused(
        "BatchNorm2d: numFeatures must be >= 1, was 0", () -> new BatchNorm2d(DType.FLOAT64, 0));
    int[] row = {4};
    assertRefused(
        "LayerNorm: options is needed, was null", () -> new LayerNorm(DType.FLOAT64, row, null));
    assertRefused(
        "RMSNorm: options is needed, was null", () -> new RMSNorm(DType.FLOAT64, row, null));
    assertRefused(
        "RMSNorm: normalizedShape is needed, was null",
        () -> new RMSNorm(DType.FLOAT64, (int[]) null));
    assertRefused(
        "GroupNorm: options is needed, was null", () -> new GroupNorm(DType.FLOAT64, 2, 4, null));
    assertRefused(
        "BatchNorm2d: options is needed, was null", () -> new BatchNorm2d(DType.FLOAT64, 4, null));
    assertRefused(
        "ConditionalInstanceNorm2d: options is needed, was null",
        () -> new ConditionalInstanceNorm2d(DType.FLOAT64, 2, 4, null));
    for (Layer layer : layers()) {
      String kind = layer.module.getClass().getSimpleName();
      assertRefused(kind + ": x is needed, was null", () -> layer.module.forward(null));
    }
    ConditionalInstanceNorm2d styles = new ConditionalInstanceNorm2d(DType.FLOAT64, 2, 3);
    assertRefused(
        "ConditionalInstanceNorm2d: style must be in [0, 2), was 2", () -> styles.choose(2));
    assertRefused(
        "ConditionalInstanceNorm2d: a mixture is a finite part of each of 2 styles, was [1.0]",
        () -> styles.mix(1));
    assertRefused(
        "ConditionalInstanceNorm2d: a mixture is a finite part of each of 2 styles, was"
            + " [NaN, NaN]",
        () -> styles.interpolate(0, 1, Double.NaN));
  }

  /** {@code new LayerNorm(type, 3, 4)} once was a norm over 4 elements with an eps of 3. */
  @Test
  void noIntegerIsTakenForEps() {
    int[] shape = {3, 4};
    assertIs(
        DType.FLOAT64,
        new LayerNorm(DType.FLOAT64, 3, 4),
        (x, p) -> Norms.layerNorm(x, shape, p.get(0), p.get(1), 1e-5),
        2,
        3,
        4);
    assertIs(
        DType.FLOAT64,
        new RMSNorm(DType.FLOAT64, 3, 4),
        (x, p) -> Norms.rmsNorm(x, shape, p.get(0), 1e-5),
        2,
        3,
        4);
    for (Layer layer : layers()) {
      for (Constructor<?> made : layer.module.getClass().getConstructors()) {
        assertFalse(List.of(made.getParameterTypes()).contains(double.class), made.toString());
      }
    }
  }

  @Test
  void optionsChangeOneThingAtATime() {
    Norm.Options plain = Norm.Options.DEFAULT;
    assertEquals(new Norm.Options(1e-5, true, true), plain);
    assertEquals(new Norm.Options(0.5, true, true), plain.withEps(0.5));
    assertEquals(new Norm.Options(1e-5, false, true), plain.withAffine(false));
    assertEquals(new Norm.Options(1e-5, true, false), plain.withBias(false));
    ChannelNorm.Options tracking = ChannelNorm.Options.TRACKING;
    assertEquals(new ChannelNorm.Options(1e-5, 0.1, true, true), tracking);
    assertEquals(ChannelNorm.Options.DEFAULT, tracking.withTrackRunningStats(false));
    assertEquals(new ChannelNorm.Options(0.5, 0.1, true, true), tracking.withEps(0.5));
    assertEquals(new ChannelNorm.Options(1e-5, 0.3, true, true), tracking.withMomentum(0.3));
    assertEquals(new ChannelNorm.Options(1e-5, 0.1, false, true), tracking.withAffine(false));
    assertRefused("norm: eps must be >= 0, was -1.0", () -> plain.withEps(-1));
    assertRefused("norm: eps must be >= 0, was NaN", () -> tracking.withEps(Double.NaN));
    for (Norm.Options lacking : List.of(plain.withAffine(false), plain.withBias(false))) {
      assertRefused(
          "ConditionalInstanceNorm2d: a style consists of weight and bias, but options were "
              + lacking,
          () -> new ConditionalInstanceNorm2d(DType.FLOAT64, 2, 3, lacking));
    }
  }

  @Test
  void statesHavePyTorchsNames() {
    List<String> affine = List.of("weight", "bias");
    List<String> tracking =
        List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    ChannelNorm.Options plain = ChannelNorm.Options.DEFAULT.withAffine(false);
    Norm.Options bare = Norm.Options.DEFAULT.withAffine(false);
    int[] four = {4};
    assertStateNames(tracking, new BatchNorm2d(DType.FLOAT32, 4));
    assertStateNames(tracking, new InstanceNorm1d(DType.FLOAT32, 4, ChannelNorm.Options.TRACKING));
    assertStateNames(tracking, new InstanceNorm3d(DType.FLOAT32, 4, ChannelNorm.Options.TRACKING));
    assertStateNames(affine, new InstanceNorm1d(DType.FLOAT32, 4));
    assertStateNames(affine, new InstanceNorm3d(DType.FLOAT32, 4));
    assertStateNames(List.of(), new InstanceNorm3d(DType.FLOAT32, 4, plain));
    assertStateNames(affine, new GroupNorm(DType.FLOAT32, 2, 4));
    assertStateNames(List.of(), new GroupNorm(DType.FLOAT32, 2, 4, bare));
    assertStateNames(affine, new LayerNorm(DType.FLOAT32, 4));
    assertStateNames(
        List.of("weight"),
        new LayerNorm(DType.FLOAT32, four, Norm.Options.DEFAULT.withBias(false)));
    assertStateNames(List.of(), new LayerNorm(DType.FLOAT32, four, bare));
    assertStateNames(List.of("weight"), new RMSNorm(DType.FLOAT32, 4));
    assertStateNames(List.of(), new RMSNorm(DType.FLOAT32, four, bare));
    assertStateNames(affine, new ConditionalInstanceNorm2d(DType.FLOAT32, 2, 4));
  }

  private static void assertStateNames(List<String> expected, Module layer) {
    assertEquals(expected, List.copyOf(layer.state().keySet()), layer.toString());
  }

  /** Each layer is its operation, with its own gamma and beta in their places. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void everyLayerIsItsOperation(DType dtype) {
    int[] row = {3};
    Norm.Options half = Norm.Options.DEFAULT.withEps(0.5);
    Norm.Options quarter = Norm.Options.DEFAULT.withEps(0.25);
    assertIs(
        dtype,
        new InstanceNorm1d(dtype, 4),
        (x, p) -> InstanceNorm.instanceNorm1d(x, p.get(0), p.get(1), 1e-5),
        2,
        4,
        3);
    assertIs(
        dtype,
        new InstanceNorm3d(dtype, 4, ChannelNorm.Options.DEFAULT.withEps(0.5)),
        (x, p) -> InstanceNorm.instanceNorm3d(x, p.get(0), p.get(1), 0.5),
        2,
        4,
        3,
        1,
        2);
    assertIs(
        dtype,
        new BatchNorm2d(dtype, 4),
        (x, p) -> Norms.batchNorm(x, p.get(0), p.get(1), 1e-5),
        2,
        4,
        3,
        1);
    assertIs(
        dtype,
        new GroupNorm(dtype, 2, 4, quarter),
        (x, p) -> Norms.groupNorm(x, 2, p.get(0), p.get(1), 0.25),
        2,
        4,
        3);
    assertIs(
        dtype,
        new GroupNorm(dtype, 2, 4, quarter.withAffine(false)),
        (x, p) -> Norms.groupNorm(x, 2, null, null, 0.25),
        2,
        4,
        3);
    assertIs(
        dtype,
        new LayerNorm(dtype, row, half),
        (x, p) -> Norms.layerNorm(x, row, p.get(0), p.get(1), 0.5),
        2,
        4,
        3);
    assertIs(
        dtype,
        new LayerNorm(dtype, row, half.withBias(false)),
        (x, p) -> Norms.layerNorm(x, row, p.get(0), null, 0.5),
        2,
        4,
        3);
    assertIs(
        dtype,
        new ConditionalInstanceNorm2d(dtype, 1, 4, half),
        (x, p) -> InstanceNorm.instanceNorm2d(x, p.get(0).reshape(4), p.get(1).reshape(4), 0.5),
        2,
        4,
        3,
        1);
    assertIs(
        dtype,
        new RMSNorm(dtype, row, half),
        (x, p) -> Norms.rmsNorm(x, row, p.get(0), 0.5),
        2,
        4,
        3);
  }

  private void assertIs(
      DType dtype, Module layer, BiFunction<Tensor, List<Tensor>, Tensor> op, int... shape) {
    layer.parameters().forEach(p -> p.value().assign(normal(p.value().shape()).to(dtype)));
    Tape tape = new Tape();
    Tensor x = tape.constant(normal(shape).to(dtype));
    List<Tensor> parameters =
        layer.parameters().stream().map(p -> tape.constant(p.value())).toList();
    assertEquals(op.apply(x, parameters).value(), layer.forward(x).value(), layer.toString());
  }

  /** Momentum null: after k batches the statistics are the plain means over them. */
  @Test
  void withoutMomentumStatisticsAreThePlainAverage() {
    ChannelNorm.Options average = ChannelNorm.Options.TRACKING.withMomentum(null);
    for (Module layer :
        List.of(
            new BatchNorm2d(DType.FLOAT64, 1, average),
            new InstanceNorm2d(DType.FLOAT64, 1, average))) {
      for (double[] x : new double[][] {{0, 2}, {4, 8}, {-1, -1}}) {
        layer.forward(Tape.inference().constant(NdArray.of(x, 1, 1, 1, 2)));
      }
      assertEquals((1 + 6 - 1) / 3.0, layer.state().get("running_mean").item(), 1e-15);
      assertEquals((2 + 8 + 0) / 3.0, layer.state().get("running_var").item(), 1e-15);
      assertEquals(3, layer.state().get("num_batches_tracked").item());
    }
  }

  /** Neither an empty batch nor a refused call is one of the batches that are averaged. */
  @Test
  void onlyBatchesTakenInAreCounted() {
    for (DType dtype : DType.values()) {
      for (boolean batchNorm : new boolean[] {true, false}) {
        RunningStatistics running = RunningStatistics.initial(dtype, 1, null);
        BiFunction<Tensor, Tensor, Tensor> norm =
            (x, beta) ->
                batchNorm
                    ? Norms.batchNorm(x, null, beta, 1e-5, running, true)
                    : InstanceNorm.instanceNorm2d(x, null, beta, 1e-5, running, true);
        Tape tape = new Tape();
        norm.apply(tape.variable(NdArray.zeros(dtype, 0, 1, 2, 2)), null);
        Tensor elsewhere = new Tape().variable(NdArray.zeros(dtype, 1));
        Tensor x = tape.variable(NdArray.full(dtype, 10, 1, 1, 2, 2));
        assertThrows(RuntimeException.class, () -> norm.apply(x, elsewhere));
        assertEquals(0, running.batches().item());
        assertEquals(0, running.mean().item());
        norm.apply(x, null);
        assertEquals(1, running.batches().item());
        assertEquals(10, running.mean().item());
        assertEquals(0, running.variance().item());
      }
    }
  }

  /** What is taken in of numbers whose squares leave the range is in their own unit. */
  @Test
  void runningStatisticsOfLargeNumbers() {
    for (DType dtype : DType.values()) {
      double s = Math.scalb(1.0, dtype == DType.FLOAT32 ? -50 : -400);
      RunningStatistics running = RunningStatistics.initial(dtype, 1, 1.0);
      NdArray x = NdArray.of(new double[] {s, 3 * s}, 1, 1, 1, 2).to(dtype);
      InstanceNorm.instanceNorm2d(new Tape().constant(x), null, null, 0, running, true);
      assertEquals(2 * s, running.mean().item());
      assertEquals(2 * s * s, running.variance().item());
    }
  }

  @Test
  void batchNormLearnsStatisticsAndUsesThemAtEvaluation() {
    BatchNorm2d layer = new BatchNorm2d(DType.FLOAT64, 2);
    NdArray x = normal(4, 2, 3, 3);
    for (int i = 0; i < 400; i++) {
      layer.forward(Tape.inference().constant(x));
    }
    assertEquals(400, layer.state().get("num_batches_tracked").item());
    NdArray training = layer.forward(Tape.inference().constant(x)).value();
    layer.eval();
    NdArray evaluation = layer.forward(Tape.inference().constant(x)).value();
    // The running variance is the unbiased one: 36 values per channel.
    double factor = Math.sqrt(35.0 / 36);
    assertArrayEquals(
        training.map(v -> v * factor).toDoubleArray(), evaluation.toDoubleArray(), 1e-5);
    assertEquals(401, layer.state().get("num_batches_tracked").item());
  }

  @Test
  void aTableOfStylesAndWhatLiesBetweenThem() {
    ConditionalInstanceNorm2d layer = new ConditionalInstanceNorm2d(DType.FLOAT64, 2, 3);
    layer.parameters().forEach(p -> p.value().assign(normal(2, 3)));
    NdArray gammas = layer.state().get("weight");
    NdArray betas = layer.state().get("bias");
    NdArray x = normal(2, 3, 4, 4);
    layer.choose(1);
    assertArrayEquals(
        styled(x, gammas.slice(0, 1, 2), betas.slice(0, 1, 2)),
        layer.forward(Tape.inference().constant(x)).value().toDoubleArray(),
        1e-14);
    layer.interpolate(0, 1, 0.5);
    assertArrayEquals(
        styled(x, gammas.sum(0).map(v -> v / 2), betas.sum(0).map(v -> v / 2)),
        layer.forward(Tape.inference().constant(x)).value().toDoubleArray(),
        1e-14);
    layer.mix(2, -1);
    assertArrayEquals(
        styled(
            x,
            gammas.slice(0, 0, 1).map(v -> 2 * v).minus(gammas.slice(0, 1, 2)),
            betas.slice(0, 0, 1).map(v -> 2 * v).minus(betas.slice(0, 1, 2))),
        layer.forward(Tape.inference().constant(x)).value().toDoubleArray(),
        1e-13);
  }

  private static double[] styled(NdArray x, NdArray gamma, NdArray beta) {
    Tape tape = Tape.inference();
    return InstanceNorm.instanceNorm2d(
            tape.constant(x), tape.constant(gamma.reshape(3)), tape.constant(beta.reshape(3)))
        .value()
        .toDoubleArray();
  }
}
