package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;

/** Values and gradients of reductions that can be worked out by hand, and where numbers end. */
class ReductionsTest extends Refusals {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private Tensor vector(double... values) {
    return tape.variable(NdArray.of(values, values.length));
  }

  private Tensor matrix(int rows, double... values) {
    return tape.variable(NdArray.of(values, rows, values.length / rows));
  }

  private static void assertValues(Tensor y, double... expected) {
    assertArrayEquals(expected, y.value().toDoubleArray(), y.toString());
  }

  private static void assertClose(Tensor y, double... expected) {
    double[] actual = y.value().toDoubleArray();
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(expected[i], actual[i], 1e-15 * Math.max(1, Math.abs(expected[i])), y + "");
    }
  }

  private static void assertShape(Tensor y, int... expected) {
    assertArrayEquals(expected, y.shape());
  }

  /** The gradient of the sum of f(x), by a differentiable gradient. */
  private Tensor gradient(Tensor x, UnaryOperator<Tensor> f) {
    return tape.differentiableGradient(f.apply(x).sum(), x);
  }

  @Test
  void extrema() {
    Tensor x = matrix(2, 1, 7, 7, -2, 5, NAN);
    assertValues(Reductions.amax(x, 1), 7, NAN);
    assertValues(Reductions.amin(x, 0), -2, 5, NAN);
    assertValues(Reductions.amax(x.slice(1, 0, 2)), 7);
    assertShape(Reductions.amax(x, 0), 3);
    assertShape(Reductions.amax(x, new int[] {-2}, true), 1, 3);
    assertShape(Reductions.amin(x, new int[0], true), 1, 1);
    assertValues(Reductions.amax(vector(-INFINITY, -INFINITY)), -INFINITY);
  }

  /** Equal elements share the gradient, and so do several NaN. */
  @Test
  void gradientsOfExtrema() {
    Tensor x = matrix(3, 1, 7, 7, -2, 5, -2, NAN, 1, NAN);
    assertValues(gradient(x, t -> Reductions.amax(t, 1)), 0, 0.5, 0.5, 0, 1, 0, 0.5, 0, 0.5);
    assertValues(gradient(x, t -> Reductions.amin(t, 1)), 1, 0, 0, 0.5, 0, 0.5, 0.5, 0, 0.5);
    assertValues(gradient(vector(2, 2, 2, 2), t -> Reductions.amax(t)), 0.25, 0.25, 0.25, 0.25);
  }

  @Test
  void logSumExps() {
    Tensor x = vector(1000, 1000);
    assertValues(Reductions.logSumExp(x), 1000 + Math.log(2)); // exp(1000) is infinite
    assertValues(gradient(x, t -> Reductions.logSumExp(t)), 0.5, 0.5);
    assertValues(Reductions.logSumExp(vector(-1000, -1000)), -1000 + Math.log(2));
    assertValues(Reductions.logSumExp(vector(0, -40)), Math.exp(-40)); // 1 + e^-40 is 1
    assertValues(Reductions.logSumExp(vector(INFINITY, 0)), INFINITY);
    assertValues(Reductions.logSumExp(vector(NAN, 0)), NAN);
    assertValues(Reductions.logSumExp(zeros(0)), -INFINITY); // log of an empty sum
    Tensor impossible = matrix(2, -INFINITY, -INFINITY, -INFINITY, 3);
    assertValues(Reductions.logSumExp(impossible, 1), -INFINITY, 3);
    assertValues(gradient(impossible, t -> Reductions.logSumExp(t, 1)), 0, 0, 0, 1);
  }

  @Test
  void products() {
    assertValues(Reductions.prod(matrix(2, 1, 2, 3, 4, 5, 6), 0), 4, 10, 18);
    assertValues(Reductions.prod(matrix(2, 1, 2, 3, 4, 5, 6), -1), 6, 120);
    assertShape(Reductions.prod(zeros(2, 3, 4), new int[] {1}, true), 2, 1, 4);
    assertValues(Reductions.prod(zeros(0)), 1);
    assertValues(Reductions.prod(zeros(2, 0), 1), 1, 1);
    assertShape(Reductions.prod(zeros(0, 2), 1), 0);
    assertValues(Reductions.prod(zeros()), 0);
  }

  /** The derivative is the product of the others, whichever of them are 0. */
  @Test
  void gradientsOfProductsWithZeros() {
    assertValues(gradient(vector(2, 0, 3, 5), t -> Reductions.prod(t)), 0, 30, 0, 0);
    assertValues(gradient(vector(0, 3, 0), t -> Reductions.prod(t)), 0, 0, 0);
    Tensor x = vector(0, 3, 0);
    Tensor first = gradient(x, t -> Reductions.prod(t));
    assertValues(tape.differentiableGradient(first.slice(0, 0, 1).sum(), x), 0, 0, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void derivativesOfProductsWithZeros(int zeros) {
    NdArray x = NdArray.of(new double[] {2, -3, 5, 0.7, 1.5, -0.6, 3, 4}, 8);
    for (int i = 0; i < zeros; i++) {
      x.set(0, 3 * i);
    }
    // the first derivative of three zeros is 0 wherever one looks
    GradientCheck.of(t -> Reductions.prod(t).plus(t.square().sum()))
        .at(x)
        .orders(2)
        .assertCorrect();
  }

  @Test
  void runningSums() {
    Tensor x = matrix(2, 1, 2, 3, 4, 5, 6);
    assertValues(Reductions.cumsum(x, 0), 1, 2, 3, 5, 7, 9);
    assertValues(Reductions.cumsum(x, -1), 1, 3, 6, 4, 9, 15);
    assertValues(gradient(x, t -> Reductions.cumsum(t, 1)), 3, 2, 1, 3, 2, 1);
    assertValues(Reductions.cumsum(vector(1, INFINITY, 2), 0), 1, INFINITY, INFINITY);
    assertValues(Reductions.cumsum(vector(1, NAN, 2), 0), 1, NAN, NAN);
    assertShape(Reductions.cumsum(zeros(2, 0), 1), 2, 0);
    Tensor million = tape.constant(NdArray.full(DType.FLOAT32, 0.1, 1 << 20));
    assertEquals(104857.6, Reductions.cumsum(million, 0).value().get((1 << 20) - 1), 0.01);
  }

  @Test
  void variances() {
    Tensor x = matrix(2, 1, 2, 3, 4, 4, 8, 12, 16);
    assertClose(Variance.var(x, 1), 5.0 / 3, 80.0 / 3);
    assertClose(Variance.var(x, new int[] {1}, 0, false), 1.25, 20);
    assertClose(Variance.std(x, new int[] {1}, 0, true), Math.sqrt(1.25), Math.sqrt(20));
    assertShape(Variance.std(x, new int[] {1}, 0, true), 2, 1);
    assertClose(gradient(vector(1, 3), t -> Variance.var(t)), -2, 2);
    assertClose(gradient(vector(1, 3), t -> Variance.std(t)), -Math.sqrt(0.5), Math.sqrt(0.5));
    assertValues(Variance.var(vector(3)), NAN); // 0/0, as PyTorch
    assertValues(Variance.var(vector(3), new int[0], 0, false), 0);
  }

  /** A mean far from 0 costs no digits, squares do not overflow, and a constant has slope 0. */
  @Test
  void rangeOfVariances() {
    assertValues(Variance.var(vector(1e15 + 1, 1e15 + 2, 1e15 + 3)), 1);
    assertClose(Variance.std(vector(1e200, 3e200)).dividedBy(1e200), Math.sqrt(2));
    assertClose(Variance.std(vector(1e-200, 3e-200)).times(1e200), Math.sqrt(2));
    assertClose(
        gradient(vector(1e200, 3e200), t -> Variance.std(t)), -Math.sqrt(.5), Math.sqrt(.5));
    Tensor large = vector(1.25e154, -1.25e154); // the sum of the squares is infinite
    assertEquals(1.5625e308, Variance.var(large, new int[0], 0, false).item(), 1e294);
    Tensor constant = vector(0.1, 0.1, 0.1);
    assertValues(Variance.std(constant), 0);
    assertValues(gradient(constant, t -> Variance.std(t)), 0, 0, 0);
  }

  @Test
  void norms() {
    Tensor x = matrix(2, 3, -4, 0, -5, 12, 0);
    assertValues(VectorNorm.norm(x, 2, 1), 5, 13);
    assertValues(VectorNorm.norm(x, 1, 1), 7, 17);
    assertValues(VectorNorm.norm(x, 0, 1), 2, 2);
    assertValues(VectorNorm.norm(x, INFINITY, 0), 5, 12, 0);
    assertValues(VectorNorm.norm(x, -INFINITY, 0), 3, 4, 0);
    assertClose(VectorNorm.norm(vector(3, 4, 5), 3), 6); // 27 + 64 + 125 = 216
    assertClose(VectorNorm.norm(vector(4, 9), 0.5), 25);
    assertClose(VectorNorm.norm(vector(3, 6), -1), 2);
    assertValues(VectorNorm.norm(vector(3, 0), -1), 0);
    assertShape(VectorNorm.norm(x, 2, new int[] {0}, true), 1, 3);
    assertClose(gradient(x, t -> VectorNorm.norm(t, 2, 1)), .6, -.8, 0, -5.0 / 13, 12.0 / 13, 0);
    assertValues(gradient(x, t -> VectorNorm.norm(t, 1)), 1, -1, 0, -1, 1, 0);
    assertValues(gradient(vector(-2, 2, 1), t -> VectorNorm.norm(t, INFINITY)), -.5, .5, 0);
    assertValues(gradient(x, t -> VectorNorm.norm(t, 0)), 0, 0, 0, 0, 0, 0);
  }

  /** Neither the sum of powers overflows nor does it vanish. */
  @ParameterizedTest
  @ValueSource(doubles = {1e200, 1e-200, 1e-310, 1})
  void rangeOfNorms(double unit) {
    Tensor x = vector(3 * unit, 4 * unit);
    assertEquals(5 * unit, VectorNorm.norm(x, 2).item(), 1e-15 * unit);
    assertEquals(5 * unit, VectorNorm.norm(vector(3 * unit, 4 * unit, 0), 2).item(), 1e-15 * unit);
    double cubes = Math.cbrt(91) * unit;
    assertEquals(cubes, VectorNorm.norm(x, 3).item(), 1e-14 * cubes);
    assertEquals(12 * unit / 7, VectorNorm.norm(x, -1).item(), 4e-15 * unit);
    assertEquals(4 * unit, VectorNorm.norm(x, 1000).item(), 4e-15 * unit);
    Tensor g = gradient(x, t -> VectorNorm.norm(t, 2));
    assertEquals(0.6, g.value().get(0), 1e-13);
    assertEquals(0.8, g.value().get(1), 1e-13);
  }

  /** At 0 the subgradient is 0, and the next order has no NaN. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 1.5, 2, 3, INFINITY})
  void normOfZeros(double p) {
    Tensor x = vector(0, 0);
    Tensor first = gradient(x, t -> VectorNorm.norm(t, p));
    assertValues(VectorNorm.norm(x, p), 0);
    assertTrue(first.value().equals(zeros(2).value()), first::toString);
    Tensor second = tape.differentiableGradient(first.sum().plus(x.sum()), x);
    assertValues(second, 1, 1);
    Tensor partly = vector(3, 0);
    Tensor slope = gradient(partly, t -> VectorNorm.norm(t, p));
    assertValues(slope, 1, 0);
  }

  @Test
  void normsOfNoNumbers() {
    for (double p : new double[] {0.5, 1, 2, 3, INFINITY}) {
      assertValues(VectorNorm.norm(vector(1, -INFINITY), p), INFINITY);
      assertValues(VectorNorm.norm(vector(1, NAN), p), NAN);
    }
    assertValues(VectorNorm.norm(zeros(0), 2), 0);
  }

  @ParameterizedTest
  @EnumSource
  void clamped(DType dtype) {
    NdArray values = NdArray.of(new double[] {-9, 0.1, 0.2, 0.7, 9, INFINITY, NAN}, 7).to(dtype);
    Tensor x = new Tape().variable(values);
    Tensor y = Selection.clamp(x, 0.1, 0.7);
    double low = dtype == DType.FLOAT32 ? 0.1f : 0.1;
    double high = dtype == DType.FLOAT32 ? 0.7f : 0.7;
    assertValues(y, low, low, values.get(2), high, high, high, NAN);
    // bounds are elements of x's type, so 0.1f is on the bound 0.1; infinity · 0 is not taken
    Tensor g = y.tape().constant(NdArray.full(dtype, INFINITY, 7));
    NdArray dx = y.tape().vjp(List.of(y), List.of(g.value()), List.of(x)).get(0);
    assertArrayEquals(new double[] {0, INFINITY, INFINITY, INFINITY, 0, 0, 0}, dx.toDoubleArray());
  }

  /** A bound may be left open; of bounds the wrong way round the upper one counts. */
  @Test
  void clampedOnOneSide() {
    assertValues(Selection.clamp(vector(-2, 2), 0, INFINITY), 0, 2);
    assertValues(Selection.clamp(vector(-2, 2), -INFINITY, 0), -2, 0);
    assertValues(Selection.clamp(vector(-2, 0, 2), 1, -1), -1, -1, -1);
  }

  @Test
  void chosen() {
    NdArray condition = NdArray.of(new float[] {1, 0, Float.NaN}, 3);
    Tensor a = matrix(2, -0.0, 2, 3, 4, 5, 6);
    Tensor b = vector(INFINITY, -0.0, NAN);
    assertValues(Selection.where(condition, a, b), -0.0, -0.0, 3, 4, -0.0, 6);
    assertValues(gradient(a, t -> Selection.where(condition, t, b)), 1, 0, 1, 1, 0, 1);
    assertValues(gradient(b, t -> Selection.where(condition, a, t)), 0, 2, 0);
    // log's slope at 0 is infinite, but not chosen
    Tensor x = vector(0, 1);
    NdArray positive = x.value().greater(0);
    Tensor safe = Selection.where(positive, x, x.times(0).plus(1));
    assertValues(gradient(x, t -> Selection.where(positive, safe.log(), t)), 1, 1);
  }

  /** As in PyTorch a number has an axis 0 or -1 to reduce. */
  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void axisOfNumber(int axis) {
    Tensor x = tape.variable(NdArray.scalar(3));
    for (Tensor y :
        new Tensor[] {
          x.sum(axis),
          x.mean(axis),
          x.sumKeepDims(axis),
          Reductions.amax(x, axis),
          Reductions.prod(x, axis),
          Reductions.cumsum(x, axis),
          Reductions.logSumExp(x, new int[] {axis}, true),
          VectorNorm.norm(x, 2, axis)
        }) {
      assertShape(y);
      assertEquals(3, y.item(), 1e-15);
      assertEquals(1, tape.gradient(y, x).item());
    }
    assertEquals(1, Softmax.softmax(x, axis).item());
    assertEquals(0, Softmax.logSoftmax(x, axis).item());
    misshapen("sum: axis 1 is out of range for rank 0", () -> x.sum(1));
    misshapen("sum: axis -1 is named twice", () -> x.sum(0, -1));
  }

  /** -1 is the last axis wherever an axis or an order of axes is taken. */
  @Test
  void axesFromTheEnd() {
    Tensor x = tape.variable(NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, 2, 3, 4));
    List<BiFunction<Tensor, Integer, Tensor>> all =
        List.of(
            Tensor::sum,
            Tensor::sumKeepDims,
            Tensor::mean,
            Tensor::meanKeepDims,
            (t, axis) -> t.slice(axis, 0, 1),
            (t, axis) -> t.pad(axis, 1, 2),
            (t, axis) -> t.transpose(axis, (axis + 1) % 3, (axis + 2) % 3),
            Reductions::amax,
            Reductions::amin,
            Reductions::prod,
            Reductions::cumsum,
            Reductions::logSumExp,
            Variance::var,
            Variance::std,
            (t, axis) -> VectorNorm.norm(t, 2, axis),
            (t, axis) -> VectorNorm.norm(t, INFINITY, axis),
            Softmax::softmax,
            Softmax::logSoftmax,
            (t, axis) -> Concatenation.concat(List.of(t, t), axis),
            (t, axis) -> tape.constant(t.value().max(axis)),
            (t, axis) -> tape.constant(NdArray.scalar(t.size(axis))));
    for (int op = 0; op < all.size(); op++) {
      for (int axis = 0; axis < 3; axis++) {
        Tensor front = all.get(op).apply(x, axis);
        Tensor back = all.get(op).apply(x, axis - 3);
        assertEquals(front.value(), back.value(), "operation " + op + " along " + axis);
        if (!front.isConstant()) {
          assertEquals(tape.gradient(front.sum(), x), tape.gradient(back.sum(), x));
        }
      }
    }
  }

  @Test
  void refusedArguments() {
    Tensor x = zeros(2, 3);
    misshapen(
        "amax: needs at least one element, x was float64[0]", () -> Reductions.amax(zeros(0)));
    misshapen(
        "norm: needs at least one element, x was float64[2, 0]",
        () -> VectorNorm.norm(zeros(2, 0), INFINITY, 1));
    misshapen("prod: axis 2 is out of range for rank 2", () -> Reductions.prod(x, 2));
    misshapen("cumsum: axis 2 is out of range for rank 2", () -> Reductions.cumsum(x, 2));
    misshapen("var: axis -1 is named twice", () -> Variance.var(x, 1, -1));
    refused("clamp: min must be a number, was NaN", () -> Selection.clamp(x, NAN, 1));
    refused("norm: p must be a number, was NaN", () -> VectorNorm.norm(x, NAN));
    refused(
        "std: correction must be a number, was NaN", () -> Variance.std(x, new int[0], NAN, false));
    Tensor single = tape.variable(NdArray.zeros(DType.FLOAT32, 2, 3));
    refused(
        "where: a float64[2, 3] and b float32[2, 3] must have one element type",
        () -> Selection.where(x.value(), x, single));
    misshapen(
        "where: shapes [4] and [2, 3] do not broadcast: sizes 4 and 3 meet",
        () -> Selection.where(NdArray.zeros(DType.FLOAT64, 4), x, x));
  }
}
