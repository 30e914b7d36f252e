package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.ShapeException;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.ops.InstanceNorm;

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
        new Layer(new GroupNorm(DType.FLOAT64, 2, 4, 1e-5), 2, 4, 3),
        new Layer(new LayerNorm(DType.FLOAT64, 1e-5, 4, 3), 2, 4, 3),
        new Layer(new RMSNorm(DType.FLOAT64, 1e-5, 3), 2, 4, 3),
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

  @ParameterizedTest
  @MethodSource("layers")
  void wrongChannelsAreNamed(Layer layer) {
    int[] shape = layer.shape.clone();
    shape[1] = 7;
    shape[shape.length - 1] += 1;
    Tensor x = new Tape().constant(normal(shape));
    assertThrows(ShapeException.class, () -> layer.module.forward(x));
  }

  @Test
  void batchNormNeedsABatch() {
    Tensor x = new Tape().constant(normal(4, 2, 3));
    BatchNorm2d layer = new BatchNorm2d(DType.FLOAT64, 4);
    new Sequential().add("norm", layer);
    Exception e = assertThrows(ShapeException.class, () -> layer.forward(x));
    assertEquals(
        "BatchNorm2d norm: x must be [N, C, H, W] with C = 4, was float64[4, 2, 3]",
        e.getMessage());
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
    assertThrows(IllegalArgumentException.class, () -> layer.choose(2));
  }

  private static double[] styled(NdArray x, NdArray gamma, NdArray beta) {
    Tape tape = Tape.inference();
    return InstanceNorm.instanceNorm2d(
            tape.constant(x), tape.constant(gamma.reshape(3)), tape.constant(beta.reshape(3)))
        .value()
        .toDoubleArray();
  }
}
