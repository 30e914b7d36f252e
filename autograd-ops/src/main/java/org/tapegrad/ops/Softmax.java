package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/**
 * Softmax and its logarithm along one axis. Both subtract the largest element first, so that no
 * exponential overflows and at least one term of the sum is 1.
 */
public final class Softmax {
  private Softmax() {}

  /** exp(x) / sum(exp(x)) along the axis (-1 is the last); dx = y·(g - sum(g·y)). */
  public static Tensor softmax(Tensor x, int axis) {
    NdArray exponentials = shifted("softmax", x, axis).exp();
    return Tape.record(
        "softmax",
        "axis " + axis,
        exponentials.dividedBy(exponentials.sumKeepDims(axis)),
        wrt(x, (y, g) -> y.times(g.minus(g.times(y).sumKeepDims(axis)))));
  }

  /**
   * x - log(sum(exp(x))) along the axis (-1 is the last); dx = g - exp(y)·sum(g). With k largest
   * elements, each exp(0) = 1 after the shift, the logarithm is log(k) + log1p(rest/k), which keeps
   * the digits of a small rest.
   */
  public static Tensor logSoftmax(Tensor x, int axis) {
    NdArray shifted = shifted("logSoftmax", x, axis);
    NdArray largest = shifted.equal(0);
    NdArray k = largest.sumKeepDims(axis);
    NdArray rest = shifted.exp().minus(largest).sumKeepDims(axis);
    return Tape.record(
        "logSoftmax",
        "axis " + axis,
        shifted.minus(k.log().plus(rest.dividedBy(k).map(Math::log1p))),
        wrt(x, (y, g) -> g.minus(y.exp().times(g.sumKeepDims(axis)))));
  }

  /** x less its largest element along the axis. */
  private static NdArray shifted(String op, Tensor x, int axis) {
    Shapes.keepDims(op, Shapes.given(op, "x", x).shape(), axis); // refuses what is no axis
    return x.value().minus(x.value().maxKeepDims(axis));
  }
}
