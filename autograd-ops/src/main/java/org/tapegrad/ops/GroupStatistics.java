package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Planes;

/**
 * What a norm keeps for its gradient: a few numbers per group, nothing of the size of x. All are
 * those of x/unit, and the unit is 1 where squares are within the range of the type.
 */
record GroupStatistics(
    NdArray mean, NdArray residual, NdArray variance, NdArray inverseDeviation, NdArray unit) {

  /** Room for the statistics of so many groups, to be filled by a kernel. */
  static GroupStatistics empty(NdArray x, int groups) {
    return new GroupStatistics(
        x.emptyLike(groups),
        x.emptyLike(groups),
        x.emptyLike(groups),
        x.emptyLike(groups),
        x.emptyLike(groups));
  }

  Planes.Statistics<Object> arrays() {
    return new Planes.Statistics<>(
        mean.data(), residual.data(), variance.data(), inverseDeviation.data(), unit.data());
  }

  NdArray meanOfX() {
    return mean.plus(residual).times(unit);
  }

  NdArray varianceOfX() {
    return variance.times(unit).times(unit);
  }

  /** Whether squares of x itself leave the range of the type in some group. */
  boolean hasUnits() {
    return Arrays.stream(unit.toDoubleArray()).anyMatch(u -> u != 1);
  }

  /**
   * A power of two near the deviation of each group of x/unit, or infinity for a group that has
   * none: constant, without eps. To divide by it is exact, and keeps squares within the range of
   * the type at every order; what is divided by infinity is 0, as the kernel has it. No norm
   * depends on it, so it is a constant.
   */
  NdArray deviation() {
    return inverseDeviation.map(
        r -> r > 0 && Double.isFinite(r) ? Math.scalb(1.0, -Math.getExponent(r)) : 1 / r);
  }

  /** eps, to be added to the variance of x/unit/deviation; 1 where that is infinite. */
  NdArray eps(double eps) {
    double[] u = unit.toDoubleArray();
    double[] d = deviation().toDoubleArray();
    Arrays.setAll(u, i -> Double.isInfinite(d[i]) ? 1 : eps / u[i] / u[i] / d[i] / d[i]);
    return NdArray.of(u, u.length).to(unit.dtype());
  }
}
