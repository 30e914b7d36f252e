package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * Extrema, log-sum-exp and products over the named axes, all if none is named; -1 is the last. With
 * {@code keepDims} the axes stay with size 1. A running sum along one axis.
 */
public final class Reductions {
  private Reductions() {}

  /** {@link #amax(Tensor, int[], boolean)} without the axes. */
  public static Tensor amax(Tensor x, int... axes) {
    return amax(x, axes, false);
  }

  /** The largest elements, NaN if any is; equal ones share the gradient evenly. */
  public static Tensor amax(Tensor x, int[] axes, boolean keepDims) {
    return amax(Axes.of("amax", x, axes, keepDims), "");
  }

  /** {@link #amin(Tensor, int[], boolean)} without the axes. */
  public static Tensor amin(Tensor x, int... axes) {
    return amin(x, axes, false);
  }

  /** The smallest elements, NaN if any is; equal ones share the gradient evenly. */
  public static Tensor amin(Tensor x, int[] axes, boolean keepDims) {
    return amin(Axes.of("amin", x, axes, keepDims), "");
  }

  static Tensor amax(Axes axes, String option) {
    return extremum(axes, option, a -> a);
  }

  static Tensor amin(Axes axes, String option) {
    return extremum(axes, option, NdArray::negate);
  }

  /** The largest element, of what has its sign turned or not. */
  private static Tensor extremum(Axes axes, String option, UnaryOperator<NdArray> sign) {
    Tensor x = axes.nonEmpty().x();
    NdArray extremum = sign.apply(sign.apply(x.value()).maxKeepDims(axes.named()));
    return Tape.record(
        axes.op(),
        axes.after(option),
        axes.result(extremum),
        wrt(
            x,
            (y, g) -> {
              NdArray equal = x.value().equal(extremum).plus(isNaN(x.value()));
              NdArray share = equal.dividedBy(equal.sumKeepDims(axes.named()));
              return axes.spread(g).times(x.tape().constant(share));
            }));
  }

  private static NdArray isNaN(NdArray a) {
    return a.equal(a).equal(0);
  }

  /** {@link #logSumExp(Tensor, int[], boolean)} without the axes. */
  public static Tensor logSumExp(Tensor x, int... axes) {
    return logSumExp(x, axes, false);
  }

  /**
   * log(sum(exp(x))), minus infinity of no elements; dx = g·exp(x - y), which is softmax(x). With m
   * the largest element, which occurs k times, it is m + log(k) + log1p(rest/k), the rest being the
   * sum of exp(x - m) over the others: nothing overflows, and a small rest keeps its digits.
   */
  public static Tensor logSumExp(Tensor x, int[] axes, boolean keepDims) {
    Axes over = Axes.of("logSumExp", x, axes, keepDims);
    NdArray m = x.value().maxKeepDims(over.named());
    NdArray shifted = x.value().minus(m);
    NdArray largest = shifted.equal(0);
    NdArray k = largest.sumKeepDims(over.named());
    NdArray rest = shifted.exp().minus(largest).sumKeepDims(over.named());
    NdArray tail = k.log().plus(rest.dividedBy(k).map(Math::log1p));
    return Tape.record(
        "logSumExp",
        over.after(""),
        over.result(m.zip(tail, (a, b) -> Double.isInfinite(a) ? a : a + b)),
        wrt(
            x,
            (y, g) -> {
              NdArray shift = m.map(v -> Double.isInfinite(v) ? 0 : v);
              Tensor e = x.minus(x.tape().constant(shift)).exp();
              Tensor sum = VectorNorm.orInfinity(e.sumKeepDims(over.named()));
              return over.spread(g).times(e.dividedBy(sum));
            }));
  }

  /** {@link #prod(Tensor, int[], boolean)} without the axes. */
  public static Tensor prod(Tensor x, int... axes) {
    return prod(x, axes, false);
  }

  /**
   * The product, 1 of no elements. It is taken of halves, again and again, and nothing is divided:
   * gradients of all orders are right where elements are 0.
   */
  public static Tensor prod(Tensor x, int[] axes, boolean keepDims) {
    Axes over = Axes.of("prod", x, axes, keepDims);
    int n = over.count();
    Tensor rows = over.asRows();
    Tensor product = rows.slice(1, 0, 0).sumKeepDims(1).plus(1);
    for (; n > 0; n /= 2) {
      if (n % 2 == 1) {
        product = product.times(rows.slice(1, n - 1, n));
      }
      rows = rows.slice(1, 0, n / 2).times(rows.slice(1, n / 2, n / 2 * 2));
    }
    return product.reshape(over.result());
  }

  /** The sums of all elements up to each one along an axis; -1 is the last. */
  public static Tensor cumsum(Tensor x, int axis) {
    Axes.of("cumsum", x, new int[] {axis}, true);
    return x.rank() == 0 ? x.times(1) : cumsum(x, axis, true);
  }

  /** Running sums from the start or from the end, each the other's adjoint. */
  private static Tensor cumsum(Tensor x, int axis, boolean fromStart) {
    return Tape.record(
        fromStart ? "cumsum" : "cumsumGradient",
        "axis " + axis,
        runningSums(x.value(), axis, fromStart),
        wrt(x, (y, g) -> cumsum(g, axis, !fromStart)));
  }

  /** Adds to each element the one 1, 2, 4, .. places before it (Hillis, Steele 1986). */
  private static NdArray runningSums(NdArray x, int axis, boolean fromStart) {
    int n = x.size(axis);
    NdArray sums = x.broadcastTo(x.shape()); // a copy
    for (long step = 1; step < n; step *= 2) {
      int s = (int) step;
      sums =
          sums.plus(
              fromStart
                  ? sums.slice(axis, 0, n - s).pad(axis, s, 0)
                  : sums.slice(axis, s, n).pad(axis, 0, s));
    }
    return sums;
  }
}
