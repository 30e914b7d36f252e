package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Gradients;

/** Tails keep their digits, and nothing becomes 0·∞, ∞/∞ or a sum that is beyond its mean. */
class NumericRangeTest {

  /** The derivative at x, by the kernel, which must agree with the formula. */
  private static double slope(DType dtype, UnaryOperator<Tensor> op, double x) {
    Tape tape = new Tape();
    Tensor t = tape.variable(NdArray.scalar(x).to(dtype));
    Tensor y = op.apply(t);
    double kernel = tape.gradient(y, t).item();
    double formula = tape.differentiableGradient(y, t).item();
    assertEquals(formula, kernel, 4 * dtype.epsilon() * Math.abs(kernel));
    return kernel;
  }

  private static void assertClose(double expected, double actual, DType dtype) {
    assertEquals(expected, actual, 8 * dtype.epsilon() * Math.abs(expected));
  }

  /** e^-|x| to the leading digits: 1 - y of a value that rounds to 1 would be 0. */
  @ParameterizedTest
  @EnumSource
  void tailsOfSigmoidAndTanh(DType dtype) {
    for (double x : new double[] {17, 40, 80, -17, -40, -80}) {
      double e = Math.exp(-Math.abs(x));
      assertClose(e / (1 + e) / (1 + e), slope(dtype, Activations::sigmoid, x), dtype);
      assertClose(4 * e / (1 + e) / (1 + e), slope(dtype, Activations::tanh, x / 2), dtype);
    }
    assertEquals(1, slope(dtype, Activations::tanh, 0));
    assertEquals(0.25, slope(dtype, Activations::sigmoid, 0));
    double infinity = Double.POSITIVE_INFINITY;
    for (double x : new double[] {infinity, -infinity}) {
      assertEquals(0, slope(dtype, Activations::tanh, x));
      assertEquals(0, slope(dtype, Activations::sigmoid, x));
    }
  }

  /** The loss of a row that is nearly sure is e^-20, not log(1). */
  @ParameterizedTest
  @EnumSource
  void smallCrossEntropies(DType dtype) {
    for (double gap : new double[] {20, 45}) {
      Tape tape = new Tape();
      Tensor logits = tape.variable(NdArray.of(new double[] {gap, 0}, 1, 2).to(dtype));
      Tensor loss = Losses.crossEntropy(logits, 0);
      double e = Math.exp(-gap);
      assertClose(Math.log1p(e), loss.item(), dtype);
      NdArray g = tape.gradient(loss, logits);
      assertClose(-e / (1 + e), g.get(0, 0), dtype);
      assertClose(e / (1 + e), g.get(0, 1), dtype);
      assertClose(-Math.log1p(e), Softmax.logSoftmax(logits, 1).value().get(0, 0), dtype);
    }
    Tensor ties = new Tape().variable(NdArray.zeros(dtype, 1, 3));
    assertClose(Math.log(3), Losses.crossEntropy(ties, 1).item(), dtype);
  }

  @ParameterizedTest
  @EnumSource
  void huberAtInfinity(DType dtype) {
    for (double x : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      UnaryOperator<Tensor> huber =
          t -> Losses.huber(t, t.tape().constant(NdArray.zeros(dtype)), 2);
      assertEquals(Double.POSITIVE_INFINITY, huber.apply(tensor(dtype, x)).item());
      assertEquals(Math.signum(x) * 2, slope(dtype, huber, x));
    }
  }

  /** -infinity · 0 and infinity · 0 are not taken, and the slope of a tail is x·e^x. */
  @ParameterizedTest
  @EnumSource
  void siluAtTheEnds(DType dtype) {
    double infinity = Double.POSITIVE_INFINITY;
    assertEquals(infinity, Activations.silu(tensor(dtype, infinity)).item());
    assertEquals(-0.0, Activations.silu(tensor(dtype, -infinity)).item());
    assertEquals(1, slope(dtype, Activations::silu, infinity));
    assertEquals(0, slope(dtype, Activations::silu, -infinity));
    assertEquals(0.5, slope(dtype, Activations::silu, 0));
    assertClose(-49 * Math.exp(-50), slope(dtype, Activations::silu, -50), dtype);
    assertClose(-50 * Math.exp(-50), Activations.silu(tensor(dtype, -50)).item(), dtype);
  }

  /** exp(x) does not overflow where it is not chosen, and a small x keeps its digits. */
  @ParameterizedTest
  @EnumSource
  void eluAtTheEnds(DType dtype) {
    double infinity = Double.POSITIVE_INFINITY;
    assertEquals(infinity, Activations.elu(tensor(dtype, infinity)).item());
    assertEquals(-1, Activations.elu(tensor(dtype, -infinity)).item());
    assertClose(-1e-20, Activations.elu(tensor(dtype, -1e-20)).item(), dtype);
    assertEquals(1, slope(dtype, Activations::elu, infinity));
    assertEquals(1, slope(dtype, Activations::elu, 1e4));
    assertEquals(0, slope(dtype, Activations::elu, -infinity));
    assertEquals(0.5, slope(dtype, t -> Activations.elu(t, 0.5), 0)); // alpha, as PyTorch
  }

  @ParameterizedTest
  @EnumSource
  void reciprocalRoots(DType dtype) {
    double infinity = Double.POSITIVE_INFINITY;
    assertEquals(0.5, Activations.rsqrt(tensor(dtype, 4)).item());
    assertEquals(-1 / 16.0, slope(dtype, Activations::rsqrt, 4));
    assertEquals(infinity, Activations.rsqrt(tensor(dtype, 0)).item());
    assertEquals(0, Activations.rsqrt(tensor(dtype, infinity)).item());
    assertEquals(-infinity, slope(dtype, Activations::rsqrt, 0));
    assertEquals(-0.0, slope(dtype, Activations::rsqrt, infinity));
    double large = dtype == DType.FLOAT32 ? 0x1p100 : 0x1p600; // x·sqrt(x) is no longer finite
    assertEquals(1 / Math.sqrt(large), Activations.rsqrt(tensor(dtype, large)).item());
  }

  @ParameterizedTest
  @EnumSource
  void smoothL1(DType dtype) {
    Tensor d = new Tape().variable(NdArray.of(new double[] {-3, 0.5, 2}, 3).to(dtype));
    Tensor zero = d.tape().constant(NdArray.zeros(dtype, 3));
    NdArray losses = Losses.smoothL1(d, zero, 2, Reduction.NONE).value();
    assertEquals(NdArray.of(new double[] {2, 0.0625, 1}, 3).to(dtype), losses);
    NdArray absolute = Losses.smoothL1(d, zero, 0, Reduction.NONE).value();
    assertEquals(d.value().abs(), absolute);
    for (double x : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      UnaryOperator<Tensor> loss = t -> Losses.smoothL1(t, t.tape().constant(NdArray.zeros(dtype)));
      assertEquals(Double.POSITIVE_INFINITY, loss.apply(tensor(dtype, x)).item());
      assertEquals(Math.signum(x), slope(dtype, loss, x));
    }
    for (double beta : new double[] {-1, Double.NaN}) {
      assertEquals(
          "smoothL1: beta must be >= 0, was " + beta,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Losses.smoothL1(d, zero, beta, Reduction.NONE))
              .getMessage());
    }
  }

  private static Tensor tensor(DType dtype, double x) {
    return new Tape().variable(NdArray.scalar(x).to(dtype));
  }

  @ParameterizedTest
  @EnumSource
  void geluOfLargeNumbers(DType dtype) {
    double large = dtype == DType.FLOAT32 ? (float) 3e38 : 1e308;
    for (double x : new double[] {200, 1e15, 1.85e19, large}) {
      x = dtype == DType.FLOAT32 ? (float) x : x;
      assertEquals(x, Activations.geluTanh(tensor(dtype, x)).item());
      assertEquals(-0.0, Activations.geluTanh(tensor(dtype, -x)).item());
      assertEquals(1, slope(dtype, Activations::geluTanh, x));
      assertEquals(0, slope(dtype, Activations::geluTanh, -x));
    }
  }

  /** Means over 2 x 2 pixels of a number whose square, but not the sum of squares, has a place. */
  @ParameterizedTest
  @EnumSource
  void meansWhoseSumOverflows(DType dtype) {
    double root = dtype == DType.FLOAT32 ? (float) 1.5e19 : 1e154;
    Tensor x = new Tape().variable(NdArray.full(dtype, root, 1, 1, 2, 2));
    assertClose(root * root, LinearAlgebra.gramMatrix(x).item(), dtype);
    Tensor zeros = x.tape().constant(NdArray.zeros(dtype, 1, 1, 2, 2));
    assertClose(root * root, Losses.meanSquaredError(x, zeros).item(), dtype);
    double large = dtype == DType.FLOAT32 ? (float) 3e38 : 1.5e308;
    Tensor y = x.tape().constant(NdArray.full(dtype, large, 1, 1, 2, 2));
    assertEquals(large, Losses.l1(y, zeros).item());
    assertEquals(large, Pooling.globalAvgPool2d(y).item());
  }

  @Test
  void normsOfGradients() {
    for (double unit : new double[] {1e200, 1e-200, 5e-324, 1}) {
      List<NdArray> g =
          List.of(
              NdArray.of(new double[] {3 * unit}, 1), NdArray.of(new double[] {0, 4 * unit}, 2));
      assertEquals(5 * unit, Gradients.norm(g), 1e-15 * unit);
      if (unit == 1e200) {
        List<NdArray> clipped = Gradients.clipGradNorm(g, 10);
        assertEquals(6, clipped.get(0).get(0), 1e-14);
        assertEquals(8, clipped.get(1).get(1), 1e-14);
      }
    }
    NdArray infinite = NdArray.of(new double[] {1, Double.POSITIVE_INFINITY}, 2);
    assertEquals(Double.POSITIVE_INFINITY, Gradients.norm(List.of(infinite)));
    assertTrue(Double.isNaN(Gradients.norm(List.of(infinite.times(Double.NaN)))));
    assertEquals(0, Gradients.norm(List.of(NdArray.zeros(DType.FLOAT64, 0))));
  }

  /** Without eps, or with one that float32 rounds to 0, a weight without gradient stays. */
  @ParameterizedTest
  @EnumSource
  void adamWithoutEps(DType dtype) {
    NdArray start = NdArray.full(dtype, 0.5, 37);
    for (double eps : new double[] {0, 1e-50}) {
      Parameter w = new Parameter("w", start.copy());
      Adam adam = new Adam(List.of(w), 0.25, Adam.Options.DEFAULT.withEps(eps));
      adam.step(List.of(NdArray.zeros(dtype, 37)));
      assertEquals(start, w.value());
      adam.step(List.of(NdArray.ones(dtype, 37)));
      assertTrue(w.value().isFinite() && w.value().get(36) < 0.5, () -> w.value().toString());
    }
  }

  @Test
  void systemsWithNaN() {
    Tensor a = new Tape().variable(NdArray.of(new double[] {Double.NaN}, 1, 1));
    assertEquals(
        "solve: a float64[1, 1] has elements that are NaN or infinite",
        assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.solve(a, a)).getMessage());
  }
}
