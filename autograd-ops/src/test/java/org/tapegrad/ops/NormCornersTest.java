package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/** Identities between the norms, bit for bit, and inputs on which a norm easily goes wrong. */
class NormCornersTest {
  private static final MathContext EXACTLY = new MathContext(80);

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
        run(
            dtype,
            t -> GroupNorm.groupNorm(t.get(0), 3, t.get(1), t.get(2), 1e-5),
            x,
            gamma,
            beta));
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
            t -> BatchNorm.batchNorm(t.get(0), t.get(1), t.get(2), 1e-5),
            x.reshape(1, 6, 37, 41),
            gamma.reshape(6),
            beta.reshape(6)));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void layerNormOverTheImageIsGroupNormWithOneGroup(DType dtype) {
    NdArray x = normal(1, 2, 3, 11, 13);
    assertEquals(
        run(dtype, t -> LayerNorm.layerNorm(t.get(0), new int[] {3, 11, 13}, null, null, 1e-5), x)
            .get(0),
        run(dtype, t -> GroupNorm.groupNorm(t.get(0), 1, null, null, 1e-5), x).get(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void resultsDoNotDependOnTheNumberOfThreads(int threads) {
    NdArray x = normal(1, 4, 8, 64, 65);
    NdArray gamma = normal(2, 8);
    NdArray beta = normal(3, 8);
    assertEquals(onThreads(1, x, gamma, beta), onThreads(threads, x, gamma, beta));
  }

  private static List<NdArray> onThreads(int threads, NdArray... inputs) {
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      return pool.submit(
              () -> run(DType.FLOAT32, t -> instanceNorm2d(t.get(0), t.get(1), t.get(2)), inputs))
          .join();
    } finally {
      pool.shutdown();
    }
  }

  /** xhat with eps = 0 in 80 digits, of the doubles as they are stored. */
  private static BigDecimal[] exactly(double[] x) {
    BigDecimal n = BigDecimal.valueOf(x.length);
    BigDecimal[] exact = Arrays.stream(x).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    BigDecimal mean =
        Arrays.stream(exact).reduce(BigDecimal.ZERO, BigDecimal::add).divide(n, EXACTLY);
    BigDecimal variance =
        Arrays.stream(exact)
            .map(v -> v.subtract(mean).pow(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .divide(n, EXACTLY);
    BigDecimal deviation = variance.sqrt(EXACTLY);
    return Arrays.stream(exact)
        .map(v -> v.subtract(mean).divide(deviation, EXACTLY))
        .toArray(BigDecimal[]::new);
  }

  private static void assertWithin(double tolerance, double[] x) {
    NdArray plane = NdArray.of(x, 1, 1, 1, x.length);
    Tensor y = instanceNorm2d(Tape.inference().constant(plane), null, null, 0);
    double[] actual = y.value().toDoubleArray();
    BigDecimal[] exact = exactly(x);
    for (int i = 0; i < x.length; i++) {
      double error = exact[i].subtract(new BigDecimal(actual[i])).abs().doubleValue();
      double scale = Math.max(1, exact[i].abs().doubleValue());
      assertTrue(error <= tolerance * scale, "element " + i + " is off by " + error);
    }
  }

  /** NumAcc3 and NumAcc4 of NIST's Statistical Reference Datasets: 1001 values around m. */
  @ParameterizedTest
  @ValueSource(doubles = {1000000.2, 10000000.2})
  void numericalAccuracyDataOfNist(double m) {
    double low = m == 1000000.2 ? 1000000.1 : 10000000.1;
    double high = m == 1000000.2 ? 1000000.3 : 10000000.3;
    double[] x = new double[1001];
    x[0] = m;
    for (int i = 1; i < x.length; i++) {
      x[i] = i % 2 == 1 ? low : high;
    }
    assertWithin(1e-15, x);
  }

  @Test
  void aMeanOf1e15LosesNothing() {
    SplittableRandom random = new SplittableRandom(5);
    assertWithin(
        1e-15, DoubleStream.generate(() -> 1e15 + random.nextInt(50)).limit(999).toArray());
  }

  @Test
  void oneHugeOutlier() {
    SplittableRandom random = new SplittableRandom(6);
    double[] x = DoubleStream.generate(random::nextDouble).limit(500).toArray();
    x[123] = 1e12;
    assertWithin(1e-14, x);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e200, 1e-150})
  void valuesWhoseSquaresLeaveTheRange(double scale) {
    SplittableRandom random = new SplittableRandom(7);
    double[] x = DoubleStream.generate(() -> scale * random.nextDouble()).limit(300).toArray();
    assertWithin(scale > 1 ? 1e-14 : 1e-9, x);
  }

  /** With eps, values of 1e-200 are nothing beside it: xhat = x / sqrt(eps). */
  @Test
  void tinyValuesBesideEps() {
    NdArray x = NdArray.of(new double[] {1e-200, -1e-200}, 1, 1, 1, 2);
    Tape tape = new Tape();
    Tensor v = tape.variable(x);
    Tensor y = instanceNorm2d(v, null, null, 0.25);
    assertEquals(NdArray.of(new double[] {2e-200, -2e-200}, 1, 1, 1, 2), y.value());
    NdArray g = NdArray.of(new double[] {1, 0}, 1, 1, 1, 2);
    assertEquals(
        NdArray.of(new double[] {1, -1}, 1, 1, 1, 2),
        tape.vjp(List.of(y), List.of(g), List.of(v)).get(0));
  }
}
