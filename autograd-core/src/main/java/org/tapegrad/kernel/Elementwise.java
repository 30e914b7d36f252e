package org.tapegrad.kernel;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Loops that compute every element of the output from one element of each input.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Elementwise<A> {

  /** out[i] = op(a[i]) for i in [from, to). */
  void unary(Unary op, A a, A out, int from, int to);

  /**
   * out[outOffset + i] = op(a[aOffset + i·aStep], b[bOffset + i·bStep]) for i in [0, n); a step is
   * 1, or 0 for an operand that is broadcast.
   */
  void binary(
      Binary op,
      A a,
      int aOffset,
      int aStep,
      A b,
      int bOffset,
      int bStep,
      A out,
      int outOffset,
      int n);

  /** out[i] = f(a[i]) for i in [from, to), computed in float64. */
  void map(DoubleUnaryOperator f, A a, A out, int from, int to);

  /** out[i] = f(a[i], b[i]) for i in [from, to), computed in float64. */
  void zip(DoubleBinaryOperator f, A a, A b, A out, int from, int to);
}
