package org.tapegrad.check;

import java.util.Arrays;

/** One-sided derivatives from the values on a ladder of steps. */
final class OneSided {
  private static final double EPS = 0x1p-53;

  private OneSided() {}

  /**
   * The derivative from above or below, infinite when the differences grow as the step shrinks, NaN
   * when that side is outside the domain.
   *
   * @param noise bound on the rounding noise of each difference
   */
  static double derivative(StepLadder ladder, double[] noise, boolean above) {
    int n = ladder.levels();
    double[] d = new double[n];
    double[] spread = new double[n];
    int from = n;
    for (int k = n - 1; k >= 0; k--) {
      d[k] =
          above
              ? (ladder.plus[k] - ladder.centre - ladder.plusDrift[k]) / ladder.h[k]
              : (ladder.centre - ladder.minus[k] - ladder.drift[k] + ladder.plusDrift[k])
                  / ladder.h[k];
      spread[k] =
          Double.isFinite(noise[k])
              ? 2 * noise[k]
              : 4 * EPS * Math.abs(ladder.centre) / ladder.h[k];
      if (!Double.isFinite(d[k])) {
        break;
      }
      from = k;
    }
    if (from > n - StepLadder.TAIL) {
      return Double.NaN;
    }
    boolean grows = true;
    for (int k = n - StepLadder.TAIL + 1; k < n; k++) {
      grows &=
          Math.abs(d[k]) > 1.2 * Math.abs(d[k - 1])
              && Math.abs(d[k]) * ladder.h[k] > 1e3 * EPS * Math.abs(ladder.centre);
    }
    if (grows) {
      return d[n - 1] > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return Richardson.toZero(
            Arrays.copyOfRange(ladder.h, from, n),
            Arrays.copyOfRange(d, from, n),
            Arrays.copyOfRange(spread, from, n),
            1,
            1)
        .value();
  }
}
