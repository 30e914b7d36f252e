package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * With eps = 0 a norm does not see the unit of its input: with s, t and w powers of two, y(s·x,
 * w·gamma) = w·y, dx(s·x, t·g, w·gamma) = t·w/s·dx and dgamma(s·x, t·g) = t·dgamma, exactly, so it
 * holds bit for bit, also where squares and products leave the range.
 */
class NormRangeTest {
  private static final int[] LAST = {5, 13};

  private enum Norm {
    INSTANCE,
    BATCH,
    GROUP,
    LAYER,
    RMS;

    Tensor of(Tensor x, Tensor gamma, Tensor beta, double eps) {
      return switch (this) {
        case INSTANCE -> InstanceNorm.instanceNorm2d(x, gamma, beta, eps);
        case BATCH -> Norms.batchNorm(x, gamma, beta, eps);
        case GROUP -> Norms.groupNorm(x, 1, gamma, beta, eps);
        case LAYER -> Norms.layerNorm(x, LAST, gamma, beta, eps);
        case RMS -> Norms.rmsNorm(x, LAST, gamma, eps);
      };
    }

    int[] gammaShape() {
      return this == LAYER || this == RMS ? LAST : new int[] {3};
    }
  }

  /** The exponents of the factors of x, g and gamma. */
  private record Case(Norm norm, DType dtype, int s, int t, int w) {}

  static Stream<Case> cases() {
    int[][] single = {
      {80, 0, 0},
      {60, 0, 0},
      {30, 0, 0},
      {-30, 0, 0},
      {-60, 0, 0},
      {-80, 0, 0},
      {110, 20, 0},
      {110, 100, 0},
      {125, 100, 0},
      {-110, -20, 0},
      {-110, -100, 0},
      {30, 90, 0},
      {60, 90, 0},
      {-30, -100, 0},
      {0, -100, 0},
      {0, 124, -20},
      {0, -90, 60},
      {60, 0, -90},
      {-60, -60, 90},
      {40, 90, -95},
      {-40, -90, 95}
    };
    int[][] twice = {
      {664, 0, 0},
      {520, 0, 0},
      {300, 0, 0},
      {-300, 0, 0},
      {-520, 0, 0},
      {-664, 0, 0},
      {1000, 100, 0},
      {1000, 900, 0},
      {1021, 900, 0},
      {-1000, -20, 0},
      {-1000, -900, 0},
      {300, 800, 0},
      {300, 900, 0},
      {-300, -900, 0},
      {0, -900, 0},
      {0, 1017, -200},
      {500, 0, -800},
      {-500, -500, 800},
      {350, 800, -850},
      {-350, -800, 850}
    };
    List<Case> cases = new ArrayList<>();
    for (Norm norm : Norm.values()) {
      for (DType dtype : DType.values()) {
        for (int[] c : dtype == DType.FLOAT32 ? single : twice) {
          // gamma per element is multiplied with g outside the kernel, and that must have a place
          if (norm.gammaShape() != LAST || c[2] == 0) {
            cases.add(new Case(norm, dtype, c[0], c[1], c[2]));
          }
        }
      }
    }
    return cases.stream();
  }

  private static NdArray scalb(NdArray a, int exponent) {
    return NdArray.of(
            a.to(DType.FLOAT64).map(v -> Math.scalb(v, exponent)).toDoubleArray(), a.shape())
        .to(a.dtype());
  }

  /** y, and the gradients of x and gamma by kernel and by formula. */
  private static List<NdArray> run(Case c, int s, int t, int w) {
    SplittableRandom random = new SplittableRandom(1);
    Tape tape = new Tape();
    NdArray input = NdArray.normal(c.dtype, random, 0.5, 1, 2, 3, 5, 13);
    Tensor x = tape.variable(scalb(input, s));
    Tensor gamma =
        tape.variable(scalb(NdArray.normal(c.dtype, random, 0, 1, c.norm.gammaShape()), w));
    NdArray g = scalb(NdArray.normal(c.dtype, random, 0, 1, input.shape()), t);
    Tensor y = c.norm.of(x, gamma, null, 0);
    List<NdArray> kernel = tape.vjp(List.of(y), List.of(g), List.of(x, gamma));
    List<Tensor> formula =
        tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), List.of(x, gamma));
    return List.of(
        y.value(), kernel.get(0), kernel.get(1), formula.get(0).value(), formula.get(1).value());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theUnitOfTheInputDoesNotMatter(Case c) {
    List<NdArray> plain = run(c, 0, 0, 0);
    List<NdArray> scaled = run(c, c.s, c.t, c.w);
    int dx = c.t + c.w - c.s;
    assertEquals(scalb(plain.get(0), c.w), scaled.get(0), "y");
    assertEquals(scalb(plain.get(1), dx), scaled.get(1), "dx by kernel");
    assertEquals(scalb(plain.get(2), c.t), scaled.get(2), "dgamma by kernel");
    if (c.w == 0) { // the formula multiplies gamma with g first
      assertEquals(scalb(plain.get(3), dx), scaled.get(3), "dx by formula");
    }
    assertEquals(scalb(plain.get(4), c.t), scaled.get(4), "dgamma by formula");
  }

  /** x and g of second order: t/s² times the gradient of dx along a direction. */
  @ParameterizedTest
  @EnumSource
  void secondOrder(Norm norm) {
    for (DType dtype : DType.values()) {
      int s = dtype == DType.FLOAT32 ? 60 : 500;
      for (int sign : new int[] {1, -1}) {
        NdArray plain = second(norm, dtype, 0, 0);
        NdArray scaled = second(norm, dtype, sign * s, sign * 3 * s / 2);
        assertEquals(scalb(plain, -sign * s / 2), scaled);
      }
    }
  }

  private static NdArray second(Norm norm, DType dtype, int s, int t) {
    SplittableRandom random = new SplittableRandom(1);
    Tape tape = new Tape();
    Tensor x = tape.variable(scalb(NdArray.normal(dtype, random, 0.5, 1, 2, 3, 5, 13), s));
    NdArray g = scalb(NdArray.normal(dtype, random, 0, 1, x.shape()), t);
    NdArray v = NdArray.normal(dtype, random, 0, 1, x.shape());
    Tensor y = norm.of(x, null, null, 0);
    Tensor dx = tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), List.of(x)).get(0);
    return tape.vjp(List.of(dx), List.of(v), List.of(x)).get(0);
  }

  /** Deviations of the largest numbers are beyond the type, those of the smallest have one bit. */
  @ParameterizedTest
  @EnumSource
  void theEndsOfTheRange(DType dtype) {
    double largest = dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    double smallest = dtype == DType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    for (double size : new double[] {1, largest, smallest}) {
      Tape tape = new Tape();
      NdArray ones = NdArray.of(new double[] {-1, 1, 1, 1}, 1, 1, 2, 2).to(dtype);
      Tensor x = tape.variable(ones.map(v -> v * size));
      Tensor y = InstanceNorm.instanceNorm2d(x, null, null, 0);
      double root = Math.sqrt(3);
      double[] xhat = y.value().toDoubleArray();
      assertEquals(-root, xhat[0], 4 * dtype.epsilon());
      assertEquals(1 / root, xhat[3], 4 * dtype.epsilon());
      // of a and b, c, d with xhat² = 3, 1/3, 1/3, 1/3: nothing but the b, c, d among themselves
      NdArray g = NdArray.of(new double[] {0, 1, 0, 0}, 1, 1, 2, 2).to(dtype).times(size / 2);
      if (size >= 1) {
        double[] kernel = tape.vjp(List.of(y), List.of(g), List.of(x)).get(0).toDoubleArray();
        double[] formula =
            tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), List.of(x))
                .get(0)
                .value()
                .toDoubleArray();
        double r = 2 / root;
        double[] expected = {0, r / 3, -r / 6, -r / 6};
        for (int i = 0; i < 4; i++) {
          assertEquals(expected[i], kernel[i], 4 * dtype.epsilon(), "element " + i);
          assertEquals(expected[i], formula[i], 4 * dtype.epsilon(), "element " + i);
        }
      }
    }
  }

  /** The sum of this plane's numbers, but not its mean, is beyond float32. */
  @Test
  void largePlaneOfLargeNumbers() {
    Tape tape = new Tape();
    NdArray signs = NdArray.normal(DType.FLOAT32, new SplittableRandom(3), 0, 1, 1, 1, 256, 256);
    Tensor x = tape.variable(signs.map(v -> v < 0 ? 1e34 : 3e34));
    Tensor y = InstanceNorm.instanceNorm2d(x, null, null);
    NdArray g = NdArray.normal(DType.FLOAT32, new SplittableRandom(4), 0, 1e6, x.shape());
    NdArray kernel = tape.vjp(List.of(y), List.of(g), List.of(x)).get(0);
    NdArray formula =
        tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), List.of(x)).get(0).value();
    assertTrue(kernel.isFinite());
    assertEquals(0, kernel.minus(formula).abs().max().item(), 1e-6 * kernel.abs().max().item());
  }

  /** 0/0, which PyTorch takes as 0: a constant group is beta with eps = 0 too, at every order. */
  @ParameterizedTest
  @EnumSource
  void constantGroupsWithoutEps(Norm norm) {
    for (DType dtype : DType.values()) {
      for (double value : norm == Norm.RMS ? new double[] {0} : new double[] {1e7, 1e-30, 0}) {
        Tape tape = new Tape();
        SplittableRandom random = new SplittableRandom(1);
        Tensor x = tape.variable(NdArray.full(dtype, value, 2, 3, 5, 13));
        Tensor gamma = tape.variable(NdArray.normal(dtype, random, 0, 1, norm.gammaShape()));
        NdArray shift = NdArray.normal(dtype, random, 0, 1, norm.gammaShape());
        Tensor beta = norm == Norm.RMS ? null : tape.variable(shift);
        Tensor y = norm.of(x, gamma, beta, 0);
        NdArray seen = norm == Norm.LAYER ? shift : shift.reshape(-1, 1, 1);
        NdArray zeros = NdArray.zeros(dtype, 2, 3, 5, 13);
        assertEquals(norm == Norm.RMS ? zeros : zeros.plus(seen), y.value().plus(0));

        Tensor g = tape.variable(NdArray.normal(dtype, random, 0, 1, x.shape()));
        List<Tensor> inputs = List.of(x, gamma);
        List<NdArray> kernel = tape.vjp(List.of(y), List.of(g.value()), inputs);
        List<Tensor> formula = tape.differentiableVjp(List.of(y), List.of(g), inputs);
        assertZero(kernel.get(0));
        assertZero(kernel.get(1));
        assertZero(formula.get(0).value());
        assertZero(formula.get(1).value());
        List<NdArray> ones =
            List.of(NdArray.ones(dtype, x.shape()), NdArray.ones(dtype, gamma.shape()));
        tape.vjp(formula, ones, List.of(x, gamma, g)).forEach(NormRangeTest::assertZero);
      }
    }
  }

  private static void assertZero(NdArray a) {
    assertEquals(0, a.abs().max().item());
  }

  /**
   * AdaIN is the style's mean and deviation: with s·style it is s times itself, its gradient with
   * respect to the style stays.
   */
  @ParameterizedTest
  @EnumSource
  void unitOfTheStyle(DType dtype) {
    int[] exponents =
        dtype == DType.FLOAT32
            ? new int[] {0, 83, 110, 120, -83, -100}
            : new int[] {0, 600, 1000, 1010, -600, -980};
    List<NdArray> plain = style(dtype, 0, 1);
    for (int s : exponents) {
      for (double spread : new double[] {1, 1e-2}) { // a plane far from zero too
        List<NdArray> expected = spread == 1 ? plain : style(dtype, 0, spread);
        List<NdArray> scaled = style(dtype, s, spread);
        double error = 16 * dtype.epsilon() / spread;
        assertClose(scalb(expected.get(0), s), scaled.get(0), error);
        assertClose(expected.get(1), scaled.get(1), error);
        assertClose(scalb(expected.get(2), -s), scaled.get(2), error);
      }
    }
  }

  private static void assertClose(NdArray expected, NdArray actual, double error) {
    double size = expected.abs().max().item();
    assertTrue(actual.isFinite() && size > 0, () -> actual.toString());
    assertEquals(0, expected.minus(actual).abs().max().item(), error * size);
  }

  /** y, the style's gradient, and the gradient of that along a direction. */
  private static List<NdArray> style(DType dtype, int s, double spread) {
    SplittableRandom random = new SplittableRandom(5);
    Tape tape = new Tape();
    Tensor content = tape.constant(NdArray.normal(dtype, random, 0, 1, 1, 2, 3, 5));
    NdArray styles = NdArray.normal(dtype, random, 1, spread, 1, 2, 4, 3);
    Tensor style = tape.variable(scalb(styles, s));
    Tensor y = StyleNorm.adaptiveInstanceNorm(content, style, 0);
    Tensor g = tape.constant(NdArray.normal(dtype, random, 0, 1, y.shape()));
    Tensor gradient = tape.differentiableVjp(List.of(y), List.of(g), List.of(style)).get(0);
    NdArray v = NdArray.normal(dtype, random, 0, 1, style.shape());
    return List.of(
        y.value(),
        gradient.value(),
        tape.vjp(List.of(gradient), List.of(v), List.of(style)).get(0));
  }

  /** The deviation of a constant style is sqrt(eps), and nothing changes it in first order. */
  @ParameterizedTest
  @EnumSource
  void constantStyles(DType dtype) {
    for (double eps : new double[] {0, 1e-5}) {
      for (double value : new double[] {0, 0.1, 1e7, 1e30}) {
        Tape tape = new Tape();
        SplittableRandom random = new SplittableRandom(5);
        Tensor content = tape.constant(NdArray.normal(dtype, random, 0, 1, 1, 2, 3, 5));
        Tensor style = tape.variable(NdArray.full(dtype, value, 1, 2, 3, 3));
        Tensor y = StyleNorm.adaptiveInstanceNorm(content, style, eps);
        assertEquals(value, y.value().get(0, 1, 2, 3), 2 * Math.sqrt(eps) + 1e-6 * value);
        NdArray g = NdArray.normal(dtype, random, 0, 1, 1, 2, 3, 5);
        NdArray mean = g.sum(2, 3).dividedBy(9).reshape(1, 2, 1, 1).broadcastTo(1, 2, 3, 3);
        NdArray ds = tape.vjp(List.of(y), List.of(g), List.of(style)).get(0);
        assertClose(mean, ds, 1e-6);
      }
    }
  }
}
