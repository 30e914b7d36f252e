package org.tapegrad.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every function of arrays by its name, with an array and with a number. */
class NdArrayArithmeticTest {
  private static final NdArray X =
      NdArray.of(new double[] {-2.5, -1, -0.0, 0, 0.25, 2, 700, Double.NaN}, 2, 4);
  private static final NdArray Y = NdArray.of(new double[] {2, -1, 0, 3, 0.25, -2, 0.5, 1}, 2, 4);

  private static final Map<DoubleUnaryOperator, Function<NdArray, NdArray>> UNARY =
      Map.ofEntries(
          Map.entry(v -> -v, NdArray::negate),
          Map.entry(Math::abs, NdArray::abs),
          Map.entry(Math::signum, NdArray::sign),
          Map.entry(v -> v * v, NdArray::square),
          Map.entry(Math::sqrt, NdArray::sqrt),
          Map.entry(Math::exp, NdArray::exp),
          Map.entry(Math::log, NdArray::log),
          Map.entry(Math::sin, NdArray::sin),
          Map.entry(Math::cos, NdArray::cos),
          Map.entry(Math::tanh, NdArray::tanh),
          Map.entry(v -> 1 / (1 + Math.exp(-v)), NdArray::sigmoid),
          Map.entry(v -> Math.max(v, 0), NdArray::relu));

  private record Binary(
      DoubleBinaryOperator expected,
      BiFunction<NdArray, NdArray, NdArray> ofArrays,
      BiFunction<NdArray, Double, NdArray> ofNumber) {}

  private static final Binary[] BINARY = {
    new Binary(Double::sum, NdArray::plus, NdArray::plus),
    new Binary((a, b) -> a - b, NdArray::minus, NdArray::minus),
    new Binary((a, b) -> a * b, NdArray::times, NdArray::times),
    new Binary((a, b) -> a / b, NdArray::dividedBy, NdArray::dividedBy),
    new Binary(Math::pow, NdArray::pow, NdArray::pow),
    new Binary(Math::max, NdArray::maximum, NdArray::maximum),
    new Binary((a, b) -> a > b ? 1 : 0, NdArray::greater, NdArray::greater),
    new Binary((a, b) -> a == b ? 1 : 0, NdArray::equal, NdArray::equal),
  };

  private static void check(DType dtype, DoubleBinaryOperator f, NdArray y, NdArray actual) {
    assertEquals(dtype, actual.dtype());
    double[] x = X.to(dtype).toDoubleArray();
    double[] other = y.broadcastTo(2, 4).toDoubleArray();
    double[] expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double exact = f.applyAsDouble(x[i], other[i]);
      expected[i] = dtype == DType.FLOAT64 ? exact : (float) exact;
    }
    double[] values = actual.toDoubleArray();
    for (int i = 0; i < expected.length; i++) {
      double allowed =
          Double.isFinite(expected[i]) ? 2 * dtype.epsilon() * Math.abs(expected[i]) : 0;
      assertEquals(expected[i], values[i], allowed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofOneArray(DType dtype) {
    UNARY.forEach((f, op) -> check(dtype, (a, b) -> f.applyAsDouble(a), Y, op.apply(X.to(dtype))));
  }

  @ParameterizedTest
  @EnumSource
  void ofTwo(DType dtype) {
    for (Binary op : BINARY) {
      check(dtype, op.expected, Y, op.ofArrays.apply(X.to(dtype), Y.to(dtype)));
      for (double number : new double[] {0.25, 0, -2}) {
        check(dtype, op.expected, NdArray.scalar(number), op.ofNumber.apply(X.to(dtype), number));
      }
    }
    check(dtype, (a, b) -> b <= 0 ? 0 : a, Y, X.to(dtype).gate(Y.to(dtype)));
  }

  @ParameterizedTest
  @EnumSource
  void reductionsThatKeepTheirAxes(DType dtype) {
    NdArray x = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).to(dtype);
    assertEquals(NdArray.of(new double[] {6, 15}, 2, 1).to(dtype), x.sumKeepDims(1));
    assertEquals(NdArray.of(new double[] {21}, 1, 1).to(dtype), x.sumKeepDims());
    assertEquals(NdArray.of(new double[] {4, 5, 6}, 1, 3).to(dtype), x.maxKeepDims(-2));
    NdArray products = NdArray.of(new double[] {14, 32, 32, 77}, 2, 2).to(dtype);
    assertArrayEquals(products.toDoubleArray(), x.matmul(x, false, true).toDoubleArray());
  }
}
