package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/**
 * Variance and standard deviation over the named axes, all if none is named; -1 is the last. With d
 * = x - mean(x), the variance of n elements is sum(d²)/(n - correction), NaN where that is 0/0: the
 * default correction of 1 has no variance for one element.
 *
 * <p>Corrected two-pass: what the rounding of the mean leaves, mean(d), is taken from d.
 */
public final class Variance {
  private Variance() {}

  /** {@link #var(Tensor, int[], double, boolean)} with a correction of 1, without the axes. */
  public static Tensor var(Tensor x, int... axes) {
    return var(x, axes, 1, false);
  }

  /** The variance; dx = g·2d/(n - correction). */
  public static Tensor var(Tensor x, int[] axes, double correction, boolean keepDims) {
    Axes over = Axes.of("var", x, axes, keepDims);
    double n = degreesOfFreedom(over, correction);
    NdArray d = deviations(x.detach(), over).value();
    return Tape.record(
        "var",
        over.after(correction == 1 ? "" : "correction " + Shapes.number(correction)),
        over.result(d.square().meanKeepDims(over.named()).times(over.count() / n)),
        wrt(x, (y, g) -> over.spread(g).times(deviations(x, over).times(2).dividedBy(n))));
  }

  /** {@link #std(Tensor, int[], double, boolean)} with a correction of 1, without the axes. */
  public static Tensor std(Tensor x, int... axes) {
    return std(x, axes, 1, false);
  }

  /**
   * The square root of the variance; dx = g·d/y/(n - correction), 0 where y is 0. The squares are
   * those of {@link VectorNorm#norm}, which do not overflow.
   */
  public static Tensor std(Tensor x, int[] axes, double correction, boolean keepDims) {
    Axes over = Axes.of("std", x, axes, keepDims);
    double n = degreesOfFreedom(over, correction);
    NdArray d = deviations(x.detach(), over).value();
    return Tape.record(
        "std",
        over.after(correction == 1 ? "" : "correction " + Shapes.number(correction)),
        over.result(VectorNorm.euclidean(d, over.named()).dividedBy(Math.sqrt(n))),
        wrt(
            x,
            (y, g) -> {
              Tensor unit = deviations(x, over).dividedBy(over.spread(VectorNorm.orInfinity(y)));
              return over.spread(g).times(unit.dividedBy(n));
            }));
  }

  private static double degreesOfFreedom(Axes axes, double correction) {
    Checks.number(axes.op(), "correction", correction);
    return Math.max(0, axes.count() - correction);
  }

  private static Tensor deviations(Tensor x, Axes over) {
    Tensor d = x.minus(x.meanKeepDims(over.named()));
    return d.minus(d.meanKeepDims(over.named()));
  }
}
