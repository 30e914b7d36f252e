package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Inputs on which a norm easily goes wrong. */
class NormCornersTest {
  private static final MathContext EXACTLY = new MathContext(80);

  /** xhat with eps = 0 in 80 digits, of the doubles as they are stored. */
  private static BigDecimal[] exactly(double[] x) {
    BigDecimal[] exact = Arrays.stream(x).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    BigDecimal mean = mean(exact);
    BigDecimal variance = mean(squaredDeviations(exact, mean));
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
    assertStatisticsWithin(1e-15, x);
  }

  /** Mean and unbiased variance, as running statistics with momentum 1 take them in. */
  private static void assertStatisticsWithin(double tolerance, double[] x) {
    RunningStatistics running = RunningStatistics.initial(DType.FLOAT64, 1, 1.0);
    NdArray plane = NdArray.of(x, 1, 1, 1, x.length);
    instanceNorm2d(Tape.inference().constant(plane), null, null, 0, running, true);
    BigDecimal[] exact = Arrays.stream(x).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    BigDecimal mean = mean(exact);
    BigDecimal variance =
        mean(squaredDeviations(exact, mean))
            .multiply(BigDecimal.valueOf(x.length))
            .divide(BigDecimal.valueOf(x.length - 1), EXACTLY);
    assertEquals(1, running.mean().item() / mean.doubleValue(), tolerance);
    assertEquals(1, running.variance().item() / variance.doubleValue(), tolerance);
  }

  private static BigDecimal mean(BigDecimal[] values) {
    return Arrays.stream(values)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .divide(BigDecimal.valueOf(values.length), EXACTLY);
  }

  private static BigDecimal[] squaredDeviations(BigDecimal[] values, BigDecimal mean) {
    return Arrays.stream(values).map(v -> v.subtract(mean).pow(2)).toArray(BigDecimal[]::new);
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
  @ValueSource(doubles = {1e200, 1e-150, 1e-200, 1e-300})
  void valuesWhoseSquaresLeaveTheRange(double scale) {
    SplittableRandom random = new SplittableRandom(7);
    double[] x = DoubleStream.generate(() -> scale * random.nextDouble()).limit(300).toArray();
    assertWithin(1e-14, x);
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

  /** The outlier takes all the gradient's variance: what is left of dx still adds up to nothing. */
  @ParameterizedTest
  @ValueSource(doubles = {1e12, 1e100, 1e200})
  void gradientBesideOneHugeOutlier(double outlier) {
    SplittableRandom random = new SplittableRandom(6);
    double[] x = DoubleStream.generate(random::nextDouble).limit(500).toArray();
    x[123] = outlier;
    double[] g = DoubleStream.generate(() -> random.nextDouble() - 0.5).limit(500).toArray();
    Tape tape = new Tape();
    Tensor v = tape.variable(NdArray.of(x, 1, 1, 1, x.length));
    Tensor y = instanceNorm2d(v, null, null, 0);
    NdArray cotangent = NdArray.of(g, 1, 1, 1, x.length);
    double[] dx = tape.vjp(List.of(y), List.of(cotangent), List.of(v)).get(0).toDoubleArray();
    BigDecimal[] xhat = exactly(x);
    BigDecimal[] upstream = Arrays.stream(g).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    BigDecimal[] products = new BigDecimal[x.length];
    for (int i = 0; i < x.length; i++) {
      products[i] = upstream[i].multiply(xhat[i]);
    }
    BigDecimal[] exact = Arrays.stream(x).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    BigDecimal deviation = mean(squaredDeviations(exact, mean(exact))).sqrt(EXACTLY);
    for (int i = 0; i < x.length; i++) {
      double expected =
          upstream[i]
              .subtract(mean(upstream))
              .subtract(xhat[i].multiply(mean(products)))
              .doubleValue();
      double actual = new BigDecimal(dx[i]).multiply(deviation).doubleValue();
      assertEquals(expected, actual, 1e-14, "element " + i);
    }
  }

  /**
   * gamma absent and beta present: y = xhat + beta, dbeta = sum(g), and dx is that without beta.
   */
  @Test
  void betaWithoutGamma() {
    SplittableRandom random = new SplittableRandom(8);
    NdArray x = NdArray.normal(DType.FLOAT64, random, 0, 1, 2, 3, 4, 5);
    NdArray shift = NdArray.normal(DType.FLOAT64, random, 0, 1, 3);
    NdArray g = NdArray.normal(DType.FLOAT64, random, 0, 1, 2, 3, 4, 5);
    Tape tape = new Tape();
    Tensor v = tape.variable(x);
    Tensor beta = tape.variable(shift);
    Tensor bare = instanceNorm2d(v, null, null, 0.5);
    Tensor y = instanceNorm2d(v, null, beta, 0.5);
    assertClose(bare.value().plus(shift.reshape(3, 1, 1)), y.value());
    List<NdArray> gradients = tape.vjp(List.of(y), List.of(g), List.of(v, beta));
    assertEquals(tape.vjp(List.of(bare), List.of(g), List.of(v)).get(0), gradients.get(0));
    assertClose(g.sum(0, 2, 3), gradients.get(1));
  }

  private static void assertClose(NdArray expected, NdArray actual) {
    assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-14);
  }

  /** Constants of any magnitude become exactly beta in every norm that centres. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void constantsBecomeExactlyBeta(DType dtype) {
    NdArray beta = NdArray.of(new double[] {0.3, -7}, 2).to(dtype);
    NdArray row = NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, 41).to(dtype);
    int[] last = {41};
    for (double value : new double[] {0, 0.1, -12345.678, 1e7, 1e15, 1e30}) {
      Tape tape = Tape.inference();
      Tensor x = tape.constant(NdArray.full(dtype, value, 3, 2, 37, 41));
      Tensor shift = tape.constant(beta);
      NdArray expected = beta.reshape(2, 1, 1).broadcastTo(3, 2, 37, 41);
      assertEquals(expected, instanceNorm2d(x, null, shift).value(), "instance " + value);
      assertEquals(expected, Norms.batchNorm(x, null, shift, 1e-5).value(), "batch " + value);
      assertEquals(expected, Norms.groupNorm(x, 1, null, shift, 1e-5).value(), "group " + value);
      assertEquals(
          row.broadcastTo(3, 2, 37, 41),
          Norms.layerNorm(x, last, null, tape.constant(row), 1e-5).value(),
          "layer " + value);
    }
  }
}
