package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How far exp, log, tanh and their kin are off, in units in the last place of the result. */
class ElementaryTest {
  private static final MathContext DIGITS = new MathContext(45);
  private static final BigDecimal ONE = BigDecimal.ONE;
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  /** A function, its loops, what it is, and the errors allowed in float32 and float64. */
  enum Function {
    EXP(StrictMath::exp, ElementaryTest::exp, 0.96, 0.93),
    LOG(StrictMath::log, ElementaryTest::log, 0.78, 0.75),
    TANH(StrictMath::tanh, ElementaryTest::tanh, 1.03, 1),
    SIGMOID(
        v -> v >= 0 ? 1 / (1 + StrictMath.exp(-v)) : StrictMath.exp(v) / (1 + StrictMath.exp(v)),
        x -> ONE.divide(ONE.add(exp(x.negate())), DIGITS),
        2.2,
        1.9),
    SOFTPLUS(
        v -> Math.max(v, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(v))),
        x -> log(ONE.add(exp(x))),
        1.8,
        1.6);

    final Unary op = Unary.valueOf(name());
    final DoubleUnaryOperator inDouble;
    final UnaryOperator<BigDecimal> exact;
    final double float32Error;
    final double float64Error;

    Function(
        DoubleUnaryOperator inDouble,
        UnaryOperator<BigDecimal> exact,
        double float32Error,
        double float64Error) {
      this.inDouble = inDouble;
      this.exact = exact;
      this.float32Error = float32Error;
      this.float64Error = float64Error;
    }
  }

  /** Taylor's series at x/2^k, squared k times. */
  private static BigDecimal exp(BigDecimal x) {
    int k = Math.max(0, x.precision() - x.scale()) * 4 + 6;
    BigDecimal small = x.divide(TWO.pow(k), DIGITS);
    BigDecimal term = ONE;
    BigDecimal sum = ONE;
    for (int n = 1; n < 25; n++) {
      term = term.multiply(small).divide(BigDecimal.valueOf(n), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < k; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return sum;
  }

  /** Newton's method on exp, from the value in double. */
  private static BigDecimal log(BigDecimal x) {
    int scale = x.precision() - x.scale();
    BigDecimal near = x.scaleByPowerOfTen(-scale);
    BigDecimal y = new BigDecimal(StrictMath.log(near.doubleValue()) + scale * StrictMath.log(10));
    for (int i = 0; i < 3; i++) {
      y = y.subtract(ONE).add(x.divide(exp(y), DIGITS), DIGITS);
    }
    return y;
  }

  private static BigDecimal tanh(BigDecimal x) {
    BigDecimal e = exp(x.multiply(TWO));
    return e.subtract(ONE).divide(e.add(ONE), DIGITS);
  }

  /** float32 patterns with a stride that is prime, so that all exponents and signs are met. */
  private static float[] patterns() {
    float[] x = new float[1 << 22];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 1021);
    }
    return x;
  }

  private static float[] float32(Elementwise<float[]> kernel, Unary op, float[] x) {
    float[] y = new float[x.length];
    kernel.unary(op, x, y, 0, x.length);
    return y;
  }

  private static double[] float64(Elementwise<double[]> kernel, Unary op, double[] x) {
    double[] y = new double[x.length];
    kernel.unary(op, x, y, 0, x.length);
    return y;
  }

  @ParameterizedTest
  @EnumSource
  void float32IsCloseOverAllPatterns(Function f) {
    float[] x = patterns();
    float[] y = float32(new PlainElementwiseF32(), f.op, x);
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      double exact = f.inDouble.applyAsDouble(x[i]);
      float nearest = (float) exact;
      if (Float.isFinite(nearest) && Float.isFinite(y[i])) {
        worst = Math.max(worst, Math.abs(y[i] - exact) / Math.ulp(nearest));
      } else {
        assertEquals(nearest, y[i], f + "(" + x[i] + ")");
      }
    }
    assertBetween(f.float32Error, worst, f + " in float32");
  }

  @ParameterizedTest
  @EnumSource
  void float64IsClose(Function f) {
    SplittableRandom random = new SplittableRandom(5);
    double worst = 0;
    for (int i = 0; i < 2000; i++) {
      double v = random.nextDouble(-1, 1) * (i % 3 == 0 ? 1 : i % 3 == 1 ? 20 : 1e-3);
      double x = f == Function.LOG ? Math.exp(i % 2 == 0 ? v : 30 * v) : v;
      double y = float64(new PlainElementwiseF64(), f.op, new double[] {x})[0];
      BigDecimal exact = f.exact.apply(new BigDecimal(x));
      BigDecimal off = new BigDecimal(y).subtract(exact).abs();
      worst = Math.max(worst, off.doubleValue() / Math.ulp(exact.doubleValue()));
    }
    assertBetween(f.float64Error, worst, f + " in float64");
  }

  /** The worst error is at most the bound, and not so far below that the bound says nothing. */
  private static void assertBetween(double bound, double worst, String what) {
    assertTrue(worst <= bound && worst > 0.7 * bound, what + ": " + worst + " ulp");
  }

  @ParameterizedTest
  @EnumSource
  void vectorsGiveTheSameBits(Function f) {
    assumeTrue(Kernels.VECTORIZED, "the vector module is absent");
    float[] x = patterns();
    assertArrayEquals(
        float32(new PlainElementwiseF32(), f.op, x), float32(new VectorElementwiseF32(), f.op, x));
    SplittableRandom random = new SplittableRandom(3);
    double[] all = new double[200_003];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          i % 2 == 0 ? 30 * random.nextDouble(-1, 1) : Double.longBitsToDouble(random.nextLong());
    }
    assertArrayEquals(
        float64(new PlainElementwiseF64(), f.op, all),
        float64(new VectorElementwiseF64(), f.op, all));
  }

  /** Neighbours around every place where a formula or an exponent changes. */
  @ParameterizedTest
  @EnumSource
  void neverFalls(Function f) {
    for (int i = -400; i <= 400; i++) {
      double centre = f == Function.LOG ? Math.pow(2, i / 2.0) : i * Math.log(2) / 4;
      float[] x = new float[64];
      double[] y = new double[64];
      x[0] = (float) centre;
      y[0] = centre;
      for (int k = 1; k < x.length; k++) {
        x[k] = Math.nextUp(x[k - 1]);
        y[k] = Math.nextUp(y[k - 1]);
      }
      assertRising(f, float64(new PlainElementwiseF64(), f.op, y));
      float[] single = float32(new PlainElementwiseF32(), f.op, x);
      double[] wide = new double[single.length];
      for (int k = 0; k < wide.length; k++) {
        wide[k] = single[k];
      }
      assertRising(f, wide);
    }
  }

  /** Each value is at least the one before, but for the last bit of those made by a quotient. */
  private static void assertRising(Function f, double[] y) {
    boolean last = f == Function.SIGMOID || f == Function.SOFTPLUS;
    for (int k = 1; k < y.length; k++) {
      double allowed = last ? 2 * Math.max(Math.ulp(y[k]), Math.abs(y[k]) * 0x1p-23) : 0;
      assertTrue(!(y[k] < y[k - 1] - allowed), f + " falls from " + y[k - 1] + " to " + y[k]);
    }
  }

  /** Where the result is known: at zeros of either sign, infinities, NaN and beyond. */
  @ParameterizedTest
  @CsvSource({
    "EXP, 1, 1, 0, Infinity, 0",
    "LOG, -Infinity, -Infinity, NaN, Infinity, NaN",
    "TANH, -0.0, 0, -1, 1, -1",
    "SIGMOID, 0.5, 0.5, 0, 1, 0",
    "SOFTPLUS, 0.6931471805599453, 0.6931471805599453, 0, Infinity, 0"
  })
  void exactValues(
      Unary op,
      double atMinusZero,
      double atZero,
      double atMinusInfinity,
      double atInfinity,
      double farBelow) {
    double infinity = Double.POSITIVE_INFINITY;
    double[] x = new double[66]; // long enough for vectors, and a rest
    for (int i = 0; i < x.length; i += 6) {
      System.arraycopy(new double[] {-0.0, 0, -infinity, infinity, -2000, Double.NaN}, 0, x, i, 6);
    }
    double[] y = {atMinusZero, atZero, atMinusInfinity, atInfinity, farBelow, Double.NaN};
    List<Elementwise<double[]>> wide = new ArrayList<>(List.of(new PlainElementwiseF64()));
    List<Elementwise<float[]>> narrow = new ArrayList<>(List.of(new PlainElementwiseF32()));
    if (Kernels.VECTORIZED) {
      wide.add(new VectorElementwiseF64());
      narrow.add(new VectorElementwiseF32());
    }
    for (int i = 0; i < x.length; i++) {
      for (Elementwise<double[]> kernel : wide) {
        assertEquals(y[i % 6], float64(kernel, op, x)[i], op + "(" + x[i] + ")");
      }
      for (Elementwise<float[]> kernel : narrow) {
        float[] single = float32(kernel, op, Precision.F32.from(x));
        assertEquals((float) y[i % 6], single[i], op + "(" + x[i] + ")");
      }
    }
  }
}
