package org.tapegrad.ops;

import org.tapegrad.NdArray;
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
}
