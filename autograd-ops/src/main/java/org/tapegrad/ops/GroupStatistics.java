package org.tapegrad.ops;

import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Planes;

/** What a norm keeps for its gradient: a few numbers per group, nothing of the size of x. */
record GroupStatistics(NdArray mean, NdArray residual, NdArray variance, NdArray inverseDeviation) {

  /** Room for the statistics of so many groups, to be filled by a kernel. */
  static GroupStatistics empty(NdArray x, int groups) {
    return new GroupStatistics(
        x.emptyLike(groups), x.emptyLike(groups), x.emptyLike(groups), x.emptyLike(groups));
  }

  Planes.Statistics<Object> arrays() {
    return new Planes.Statistics<>(
        mean.data(), residual.data(), variance.data(), inverseDeviation.data());
  }

  /**
   * A power of two near the deviation of each group. To divide by it is exact and keeps squares
   * within the range of the type; no norm depends on it, so it is a constant at every order.
   */
  NdArray unit() {
    return inverseDeviation.map(
        r -> r > 0 && Double.isFinite(r) ? Math.scalb(1.0, -Math.getExponent(r)) : 1);
  }
}
