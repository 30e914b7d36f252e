package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * With eps = 0 a norm does not see the unit of its input: y(s·x) = y(x) and dx(s·x) = dx(x)/s. For
 * s a power of two this is exact, so it holds bit for bit, also where squares leave the range.
 */
class NormRangeTest {
  /** A norm of x[2, 3, 5, 13] with a scale [3], or no scale. */
  private record Norm(String name, BiFunction<Tensor, Tensor, Tensor> call, DType dtype, int log2) {
    @Override
    public String toString() {
      return name + " " + dtype + " 2^" + log2;
    }
  }

  static Stream<Norm> norms() {
    return Stream.of(DType.FLOAT64, DType.FLOAT32)
        .flatMap(
            dtype ->
                (dtype == DType.FLOAT64
                        ? Stream.of(664, 520, 300, -300, -520, -664)
                        : Stream.of(80, 60, 30, -30, -60, -80))
                    .flatMap(log2 -> norms(dtype, log2)));
  }

  private static Stream<Norm> norms(DType dtype, int log2) {
    return Stream.of(
        new Norm(
            "instanceNorm2d",
            (x, gamma) -> InstanceNorm.instanceNorm2d(x, gamma, null, 0),
            dtype,
            log2),
        new Norm("batchNorm", (x, gamma) -> Norms.batchNorm(x, gamma, null, 0), dtype, log2),
        new Norm("groupNorm", (x, gamma) -> Norms.groupNorm(x, 1, gamma, null, 0), dtype, log2),
        new Norm(
            "layerNorm",
            (x, gamma) -> Norms.layerNorm(x, new int[] {5, 13}, null, null, 0),
            dtype,
            log2),
        new Norm(
            "rmsNorm", (x, gamma) -> Norms.rmsNorm(x, new int[] {5, 13}, null, 0), dtype, log2));
  }

  /** The output, the gradient by kernel and the gradient by formula. */
  private static List<NdArray> run(Norm norm, NdArray input) {
    SplittableRandom random = new SplittableRandom(2);
    Tape tape = new Tape();
    Tensor x = tape.variable(input);
    Tensor gamma = tape.variable(NdArray.normal(norm.dtype, random, 0, 1, 3));
    NdArray g = NdArray.normal(norm.dtype, random, 0, 1, input.shape());
    Tensor y = norm.call.apply(x, gamma);
    return List.of(
        y.value(),
        tape.vjp(List.of(y), List.of(g), List.of(x)).get(0),
        tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), List.of(x)).get(0).value());
  }

  @ParameterizedTest
  @MethodSource("norms")
  void theUnitOfTheInputDoesNotMatter(Norm norm) {
    double s = Math.scalb(1.0, norm.log2);
    NdArray x = NdArray.normal(norm.dtype, new SplittableRandom(1), 0.5, 1, 2, 3, 5, 13);
    List<NdArray> plain = run(norm, x);
    List<NdArray> scaled = run(norm, x.map(v -> v * s));
    assertEquals(plain.get(0), scaled.get(0));
    assertEquals(plain.get(1), scaled.get(1).map(v -> v * s));
    assertEquals(plain.get(2), scaled.get(2).map(v -> v * s));
  }

  /** 0/0, which PyTorch takes as 0: a constant plane is beta with eps = 0 too. */
  @Test
  void constantPlanesWithoutEps() {
    for (DType dtype : DType.values()) {
      Tape tape = new Tape();
      Tensor x = tape.variable(NdArray.full(dtype, 1e7, 1, 2, 5, 13));
      NdArray beta = NdArray.of(new double[] {0.3, -7}, 2).to(dtype);
      Tensor y = InstanceNorm.instanceNorm2d(x, null, tape.variable(beta), 0);
      assertEquals(beta.reshape(1, 2, 1, 1).broadcastTo(1, 2, 5, 13), y.value());
      NdArray g = NdArray.normal(dtype, new SplittableRandom(1), 0, 1, 1, 2, 5, 13);
      assertEquals(
          NdArray.zeros(dtype, 1, 2, 5, 13),
          tape.vjp(List.of(y), List.of(g), List.of(x)).get(0).map(v -> v + 0.0));
    }
  }
}
