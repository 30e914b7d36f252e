package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/**
 * Softmax and its logarithm along one axis. Both subtract the largest element first, so that no
 * exponential overflows and at least one term of the sum is 1.
 */
public final class Softmax {
  private Softmax() {}

  /** exp(x) / sum(exp(x)) along the axis (-1 is the last); dx = y·(g - sum(g·y)). */
  public static Tensor softmax(Tensor x, int axis) {
    check("softmax", x, axis);
    NdArray exponentials = shifted(x.value(), axis).exp();
    return Tape.record(
        "softmax",
        exponentials.dividedBy(keepDims(exponentials.sum(axis), axis, x.value())),
        wrt(x, (y, g) -> y.times(g.minus(g.times(y).sumKeepDims(axis)))));
  }

  /** x - log(sum(exp(x))) along the axis (-1 is the last); dx = g - exp(y)·sum(g). */
  public static Tensor logSoftmax(Tensor x, int axis) {
    check("logSoftmax", x, axis);
    NdArray shifted = shifted(x.value(), axis);
    NdArray logarithm = shifted.exp().sum(axis).log();
    return Tape.record(
        "logSoftmax",
        shifted.minus(keepDims(logarithm, axis, x.value())),
        wrt(x, (y, g) -> g.minus(y.exp().times(g.sumKeepDims(axis)))));
  }

  private static NdArray shifted(NdArray x, int axis) {
    return x.minus(keepDims(x.max(axis), axis, x));
  }

  private static NdArray keepDims(NdArray reduced, int axis, NdArray x) {
    int[] kept = x.shape();
    kept[axis < 0 ? axis + kept.length : axis] = 1;
    return reduced.reshape(kept);
  }

  private static void check(String op, Tensor x, int axis) {
    if (axis < -x.rank() || axis >= x.rank()) {
      throw new ShapeException(
          op + ": axis " + axis + " is out of range for x " + x.value().describe());
    }
  }
}
