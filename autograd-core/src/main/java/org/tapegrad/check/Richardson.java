package org.tapegrad.check;

/**
 * Extrapolates samples D(h) over a geometric ladder of steps to h = 0, with an error estimate.
 *
 * <p>If D(h) = D + c h^p + d h^(p+s) + ..., two neighbouring steps h and h/q give (q^p D(h/q) -
 * D(h)) / (q^p - 1), which is free of the first error term; repeating this fills Neville's
 * triangle. As in C. J. F. Ridders (Advances in Engineering Software 4, 1982) the entry that
 * differs least from its two parents wins. Two things are added. Every entry carries the rounding
 * noise of the samples through the same recursion, so that no accidental agreement claims more
 * digits than the noise allows. And an entry built from large steps must agree with every smaller
 * step as far as that step's own noise can tell, because a function may look converged at steps
 * that jump over its details.
 */
final class Richardson {
  private static final int COLUMNS = 6;

  private Richardson() {}

  /**
   * @param h decreasing steps
   * @param d samples D(h)
   * @param noise bound on the rounding noise of each sample
   * @param power the first power p of h in the error
   * @param powerStep the distance s to the next power
   */
  static Estimate toZero(double[] h, double[] d, double[] noise, int power, int powerStep) {
    int n = h.length;
    double[] value = d.clone();
    double[] spread = noise.clone();
    Estimate best =
        new Estimate(
            n == 0 ? Double.NaN : d[n - 1], Double.POSITIVE_INFINITY, n == 0 ? 0 : h[n - 1]);
    for (int k = 1; k < n; k++) {
      Estimate e = new Estimate(d[k], Math.abs(d[k] - d[k - 1]) + noise[k], h[k]);
      best = better(best, e, k, d, noise);
    }
    for (int column = 1; column <= Math.min(COLUMNS, n - 1); column++) {
      int p = power + (column - 1) * powerStep;
      for (int k = n - 1; k >= column; k--) {
        double factor = Math.pow(h[k - 1] / h[k], p);
        double old = value[k];
        double coarse = value[k - 1];
        value[k] = old + (old - coarse) / (factor - 1);
        spread[k] = (factor * spread[k] + spread[k - 1]) / (factor - 1);
        double error = Math.max(Math.abs(value[k] - old), Math.abs(value[k] - coarse)) + spread[k];
        best = better(best, new Estimate(value[k], error, h[k]), k, d, noise);
      }
    }
    return best;
  }

  private static Estimate better(Estimate best, Estimate e, int k, double[] d, double[] noise) {
    return e.error() < best.error() && agreesWithSmallerSteps(e, k, d, noise) ? e : best;
  }

  /** Were the estimate right, smaller steps than its last would be no farther from it. */
  private static boolean agreesWithSmallerSteps(Estimate e, int k, double[] d, double[] noise) {
    double slack = 2 * e.error() + 2 * Math.abs(d[k] - e.value());
    for (int l = k + 1; l < d.length; l++) {
      if (Math.abs(d[l] - e.value()) > slack + 2 * noise[l]) {
        return false;
      }
    }
    return true;
  }
}
