package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/** The p-norm over the named axes, all if none is named; -1 is the last. */
public final class VectorNorm {
  private VectorNorm() {}

  /** {@link #norm(Tensor, double, int[], boolean)} without the axes. */
  public static Tensor norm(Tensor x, double p, int... axes) {
    return norm(x, p, axes, false);
  }

  /**
   * sum(|x|^p)^(1/p); of p = infinity the largest and of minus infinity the smallest |x|, of p = 0
   * the number of elements that are not 0. dx = g·sign(x)·(|x|/y)^(p-1), and 0 where x is 0. The
   * sum is taken of |x| divided by the largest, or for p &lt; 0 by the smallest, so that it neither
   * overflows nor vanishes.
   */
  public static Tensor norm(Tensor x, double p, int[] axes, boolean keepDims) {
    Axes over = Axes.of("norm", x, axes, keepDims);
    Checks.number("norm", "p", p);
    String option = "p " + Shapes.number(p);
    if (Double.isInfinite(p)) {
      Axes ofAbs = Axes.of("norm", x.abs(), axes, keepDims);
      return p > 0 ? Reductions.amax(ofAbs, option) : Reductions.amin(ofAbs, option);
    }
    NdArray value = values(x.value(), p, over.named());
    return Tape.record(
        "norm",
        over.after(option),
        over.result(value),
        wrt(x, (y, g) -> over.spread(g).times(slope(x, over.spread(orInfinity(y)), p))));
  }

  private static NdArray values(NdArray x, double p, int... axes) {
    if (p == 0) {
      return x.map(v -> v == 0 ? 0 : 1).sumKeepDims(axes);
    }
    return p == 1 ? x.abs().sumKeepDims(axes) : p == 2 ? euclidean(x, axes) : scaled(x, p, axes);
  }

  /** dy/dx, written so that it has no 0·infinity, also where it is differentiated again. */
  private static Tensor slope(Tensor x, Tensor y, double p) {
    if (p == 0 || p == 1) {
      NdArray sign = x.value().sign();
      return x.tape().constant(p == 0 ? sign.zerosLike(x.shape()) : sign);
    }
    Tensor ratio = x.dividedBy(y);
    if (p == 2) {
      return ratio;
    }
    NdArray isZero = ratio.value().equal(0);
    Tensor base = ratio.abs().plus(x.tape().constant(isZero));
    return Activations.gate(ratio.times(base.pow(p - 2)), isZero.equal(0));
  }

  /** y, and infinity where it is 0: what is divided by it becomes 0. */
  static Tensor orInfinity(Tensor y) {
    NdArray added = y.value().map(v -> v == 0 ? Double.POSITIVE_INFINITY : 0);
    return y.plus(y.tape().constant(added));
  }

  /** sqrt(sum(a²)) with the axes kept, of elements that a power of two brings into [-2, 2]. */
  static NdArray euclidean(NdArray a, int... axes) {
    NdArray largest = a.abs().maxKeepDims(axes);
    NdArray unit = usable(largest).map(v -> Math.scalb(1.0, Math.getExponent(v)));
    return a.dividedBy(unit).square().sumKeepDims(axes).sqrt().times(unit);
  }

  private static NdArray scaled(NdArray x, double p, int... axes) {
    NdArray a = x.abs();
    NdArray unit = usable(p > 0 ? a.maxKeepDims(axes) : a.negate().maxKeepDims(axes).negate());
    return a.dividedBy(unit).pow(p).sumKeepDims(axes).pow(1 / p).times(unit);
  }

  /** 1 in place of 0, infinity or NaN, by which nothing can be divided. */
  private static NdArray usable(NdArray unit) {
    return unit.map(v -> v > 0 && v < Double.POSITIVE_INFINITY ? v : 1);
  }
}
