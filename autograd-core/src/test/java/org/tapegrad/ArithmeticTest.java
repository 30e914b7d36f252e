package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;

/** The engine's own operations: values by Java's functions, derivatives by finite differences. */
class ArithmeticTest {
  private static final NdArray A = positive(1);
  private static final NdArray B = positive(2);

  private static NdArray positive(long seed) {
    return NdArray.uniform(DType.FLOAT64, new SplittableRandom(seed), 0.5, 2, 3, 4);
  }

  private static DynamicTest of(
      String name, UnaryOperator<Tensor> op, DoubleUnaryOperator expected, NdArray x) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          assertClose(x.map(expected), op.apply(new Tape().variable(x)).value());
          GradientCheck.of(op::apply).at(x).orders(3).assertCorrect();
        });
  }

  private interface Op {
    Tensor apply(Tensor a, Tensor b);
  }

  private static DynamicTest of(String name, Op op, DoubleBinaryOperator expected) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Tape tape = new Tape();
          Tensor y = op.apply(tape.variable(A), tape.variable(B));
          assertClose(A.zip(B, expected), y.value());
          GradientCheck.of((a, b) -> op.apply(a, b)).at(A, B).orders(2).assertCorrect();
        });
  }

  private static void assertClose(NdArray expected, NdArray actual) {
    assertEquals(
        0,
        expected.zip(actual, (p, q) -> Math.abs(p - q) > 1e-14 * Math.abs(p) ? 1 : 0).sum().item());
  }

  @TestFactory
  Stream<DynamicTest> values() {
    NdArray signed = A.map(v -> v > 1.2 ? -v : v);
    return Stream.of(
        of("plus number", a -> a.plus(3), v -> v + 3, A),
        of("minus number", a -> a.minus(3), v -> v - 3, A),
        of("times number", a -> a.times(3), v -> v * 3, A),
        of("dividedBy number", a -> a.dividedBy(3), v -> v / 3, A),
        of("negate", Tensor::negate, v -> -v, A),
        of("exp", Tensor::exp, Math::exp, A),
        of("log", Tensor::log, Math::log, A),
        of("sqrt", Tensor::sqrt, Math::sqrt, A),
        of("square", Tensor::square, v -> v * v, signed),
        of("sin", Tensor::sin, Math::sin, A),
        of("cos", Tensor::cos, Math::cos, A),
        of("pow number", a -> a.pow(2.5), v -> Math.pow(v, 2.5), A),
        of("plus", Tensor::plus, Double::sum),
        of("minus", Tensor::minus, (p, q) -> p - q),
        of("times", Tensor::times, (p, q) -> p * q),
        of("dividedBy", Tensor::dividedBy, (p, q) -> p / q),
        of("pow", Tensor::pow, Math::pow));
  }

  private static NdArray gradient(UnaryOperator<Tensor> op, NdArray x) {
    Tensor t = new Tape().variable(x);
    return t.tape().gradient(op.apply(t).sum(), t);
  }

  @Test
  void absoluteValuesAndMaxima() {
    NdArray x = NdArray.of(new double[] {-2, 0, 3}, 3);
    assertEquals(NdArray.of(new double[] {2, 0, 3}, 3), x.abs());
    assertEquals(NdArray.of(new double[] {-1, 0, 1}, 3), gradient(Tensor::abs, x));
    Tape tape = new Tape();
    Tensor a = tape.variable(x);
    Tensor b = tape.variable(NdArray.of(new double[] {-3, 0, 4}, 3));
    Tensor y = a.maximum(b);
    assertEquals(NdArray.of(new double[] {-2, 0, 4}, 3), y.value());
    assertEquals(
        List.of(NdArray.of(new double[] {1, 0.5, 0}, 3), NdArray.of(new double[] {0, 0.5, 1}, 3)),
        tape.gradient(y.sum(), List.of(a, b)));
    assertEquals(NdArray.of(new double[] {0, 0, 1}, 3), gradient(t -> t.maximum(1), x));
  }

  /** The larger of NaN and a number is NaN, which both have made. */
  @Test
  void maximumBesideNaN() {
    Tape tape = new Tape();
    Tensor a = tape.variable(NdArray.of(new double[] {Double.NaN, 1}, 2));
    Tensor b = tape.variable(NdArray.of(new double[] {1, Double.NaN}, 2));
    NdArray ones = NdArray.ones(DType.FLOAT64, 2);
    assertEquals(List.of(ones, ones), tape.gradient(a.maximum(b).sum(), List.of(a, b)));
    assertEquals(ones, tape.gradient(a.maximum(0).sum(), a));
  }

  /** Divided before it is added where the sum would leave the range. */
  @ParameterizedTest
  @EnumSource
  void meansOfLargeNumbers(DType dtype) {
    double large = dtype == DType.FLOAT32 ? (float) 3e38 : 1e308;
    Tensor x = new Tape().variable(NdArray.full(dtype, large, 2, 2));
    NdArray column = NdArray.full(dtype, large, 2);
    assertEquals(large, x.mean().item());
    assertEquals(column, x.mean(0).value());
    assertEquals(column.reshape(2, 1), x.meanKeepDims(-1).value());
    assertEquals(NdArray.full(dtype, 0.25, 2, 2), x.tape().gradient(x.mean(), x));
  }

  /** Where a formula would give 0·∞. */
  @Test
  void powersOfZero() {
    Tape tape = new Tape();
    Tensor a = tape.variable(NdArray.of(new double[] {0, 0, 0}, 3));
    Tensor b = tape.variable(NdArray.of(new double[] {0, 1, 2}, 3));
    Tensor y = a.pow(b);
    assertEquals(NdArray.of(new double[] {1, 0, 0}, 3), y.value());
    assertEquals(
        List.of(NdArray.of(new double[] {0, 1, 0}, 3), NdArray.zeros(DType.FLOAT64, 3)),
        tape.gradient(y.sum(), List.of(a, b)));
    assertEquals(
        NdArray.of(new double[] {0, -2}, 2),
        gradient(t -> t.pow(2), NdArray.of(new double[] {0, -1}, 2)));
  }

  @Test
  void sumsThatKeepTheirAxes() {
    Tensor a = new Tape().variable(A);
    Tensor sum = a.sumKeepDims(1);
    assertEquals(A.sum(1).reshape(3, 1), sum.value());
    assertEquals(DType.FLOAT64, sum.dtype());
    GradientCheck.of(t -> t.sumKeepDims(0).square()).at(A).assertCorrect();
    GradientCheck.of((p, q) -> p.matmul(q, false, true)).at(A, B).assertCorrect();
  }
}
