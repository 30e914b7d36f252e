package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Identities between the norms, and of a norm with itself on other numbers of threads: bit for bit.
 */
class NormIdentitiesTest {

  /** An output and the gradients of x, gamma and beta. */
  private static List<NdArray> run(
      DType dtype, Function<List<Tensor>, Tensor> norm, NdArray... inputs) {
    Tape tape = new Tape();
    List<Tensor> xs = Arrays.stream(inputs).map(a -> tape.variable(a.to(dtype))).toList();
    Tensor y = norm.apply(xs);
    NdArray g =
        NdArray.normal(DType.FLOAT64, new SplittableRandom(9), 0, 1, y.value().size())
            .to(dtype)
            .reshape(y.shape());
    List<NdArray> gradients = tape.vjp(List.of(y), List.of(g), xs);
    return Stream.concat(Stream.of(y.value()), gradients.stream()).map(a -> a.reshape(-1)).toList();
  }

  private static NdArray normal(long seed, int... shape) {
    return NdArray.normal(DType.FLOAT64, new SplittableRandom(seed), 0.3, 2, shape);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void instanceNormIsGroupNormWithOneChannelPerGroup(DType dtype) {
    NdArray x = normal(1, 2, 3, 37, 41);
    NdArray gamma = normal(2, 3);
    NdArray beta = normal(3, 3);
    assertEquals(
        run(dtype, t -> instanceNorm2d(t.get(0), t.get(1), t.get(2)), x, gamma, beta),
        run(dtype, t -> Norms.groupNorm(t.get(0), 3, t.get(1), t.get(2), 1e-5), x, gamma, beta));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void instanceNormIsBatchNormOfOneImageWithAllPlanesAsChannels(DType dtype) {
    NdArray x = normal(1, 2, 3, 37, 41);
    NdArray gamma = normal(2, 2, 3);
    NdArray beta = normal(3, 2, 3);
    assertEquals(
        run(dtype, t -> instanceNorm2d(t.get(0), t.get(1), t.get(2)), x, gamma, beta),
        run(
            dtype,
            t -> Norms.batchNorm(t.get(0), t.get(1), t.get(2), 1e-5),
            x.reshape(1, 6, 37, 41),
            gamma.reshape(6),
            beta.reshape(6)));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void instanceNormDoesNotSeeHowManyAxesAPlaneHas(DType dtype) {
    NdArray x = normal(1, 2, 3, 4, 7, 11);
    NdArray gamma = normal(2, 3);
    NdArray beta = normal(3, 3);
    List<NdArray> volumes =
        run(
            dtype,
            t -> InstanceNorm.instanceNorm3d(t.get(0), t.get(1), t.get(2), 0.5),
            x,
            gamma,
            beta);
    assertEquals(
        volumes,
        run(
            dtype,
            t -> instanceNorm2d(t.get(0).reshape(2, 3, 28, 11), t.get(1), t.get(2), 0.5),
            x,
            gamma,
            beta));
    assertEquals(
        volumes,
        run(
            dtype,
            t -> InstanceNorm.instanceNorm1d(t.get(0).reshape(2, 3, 308), t.get(1), t.get(2), 0.5),
            x,
            gamma,
            beta));
  }

  /** The output; the gradient's sums are taken plane by plane in the one and not in the other. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void layerNormOverTheImageIsGroupNormWithOneGroup(DType dtype) {
    NdArray x = normal(1, 2, 3, 11, 13);
    int[] image = {3, 11, 13};
    List<NdArray> layer = run(dtype, t -> Norms.layerNorm(t.get(0), image, null, null, 1e-5), x);
    List<NdArray> group = run(dtype, t -> Norms.groupNorm(t.get(0), 1, null, null, 1e-5), x);
    assertEquals(layer.get(0), group.get(0));
    assertArrayEquals(
        layer.get(1).toDoubleArray(), group.get(1).toDoubleArray(), 4 * dtype.epsilon());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void oneOfTheStylesInATableIsInstanceNormWithItsGammaAndBeta(DType dtype) {
    NdArray x = normal(1, 2, 3, 5, 7);
    NdArray gammas = normal(2, 4, 3);
    NdArray betas = normal(3, 4, 3);
    NdArray third = NdArray.of(new double[] {0, 0, 1, 0, 0, 0, 1, 0}, 2, 4);
    List<NdArray> chosen =
        run(
            dtype,
            t -> StyleNorm.conditionalInstanceNorm(t.get(0), t.get(1), t.get(2), t.get(3), 1e-5),
            x,
            gammas,
            betas,
            third);
    List<NdArray> plain =
        run(
            dtype,
            t -> instanceNorm2d(t.get(0), t.get(1), t.get(2)),
            x,
            gammas.slice(0, 2, 3).broadcastTo(2, 3),
            betas.slice(0, 2, 3).broadcastTo(2, 3));
    assertEquals(plain.subList(0, 2), chosen.subList(0, 2));
  }

  private static List<List<NdArray>> everyNorm(DType dtype) {
    NdArray x = normal(1, 4, 8, 64, 65);
    NdArray gamma = normal(2, 8);
    NdArray beta = normal(3, 8);
    NdArray row = normal(4, 65);
    int[] last = {65};
    return List.of(
        run(dtype, t -> instanceNorm2d(t.get(0), t.get(1), t.get(2)), x, gamma, beta),
        run(dtype, t -> Norms.batchNorm(t.get(0), t.get(1), t.get(2), 1e-5), x, gamma, beta),
        run(dtype, t -> Norms.groupNorm(t.get(0), 2, t.get(1), t.get(2), 1e-5), x, gamma, beta),
        run(dtype, t -> Norms.layerNorm(t.get(0), last, t.get(1), t.get(2), 1e-5), x, row, row),
        run(dtype, t -> Norms.rmsNorm(t.get(0), last, t.get(1), 1e-5), x, row),
        run(dtype, t -> StyleNorm.adaptiveInstanceNorm(t.get(0), t.get(1)), x, x.map(v -> -v * v)));
  }

  private static List<List<NdArray>> onThreads(int threads, DType dtype) {
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      return pool.submit(() -> everyNorm(dtype)).join();
    } finally {
      pool.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void resultsDoNotDependOnTheNumberOfThreads(int threads) {
    for (DType dtype : DType.values()) {
      assertEquals(onThreads(1, dtype), onThreads(threads, dtype));
    }
  }
}
