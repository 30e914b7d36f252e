package org.tapegrad.check;

/** What the derivative along one direction says, in rising order of gravity. */
enum Outcome {
  AGREES,
  FLAT,
  UNDETERMINED,
  KINK,
  ANALYTIC_NAN,
  NUMERIC_NAN,
  WRONG;

  /** A discrepancy, or a kink, counts from this multiple of its estimated error on. */
  static final double SURE = 10;

  /** A wrong gradient's Taylor remainder falls with slope 1; one that falls less is noise. */
  private static final double SHALLOW = 0.7;

  private static final double SMALLEST_KINK = 1e-6;
  private static final double EPS = 0x1p-53;

  /**
   * The outcome.
   *
   * @param digits agreement that must be shown
   * @param kinks whether to look for points where there is no derivative
   */
  static Outcome of(DirectionalDerivative d, double digits, boolean kinks) {
    if (edgeOfDomain(d.ladder)) {
      return KINK;
    }
    if (!Double.isFinite(d.analytic)) {
      return Double.isInfinite(d.above()) && Double.isInfinite(d.below()) ? KINK : ANALYTIC_NAN;
    }
    if (d.ladder.levels() - d.first < StepLadder.TAIL) {
      return NUMERIC_NAN;
    }
    if (kinks && (jumps(d) || bends(d))) {
      return KINK;
    }
    if (d.numeric.error() < Double.POSITIVE_INFINITY && d.unexplained() > SURE * d.error()) {
      return d.slope < SHALLOW || d.isZero(SURE) && !d.showsZero() ? UNDETERMINED : WRONG;
    }
    if (d.scale <= SURE * d.error()) {
      return d.isStationary(SURE) && d.digitsBesidesBias() >= digits
          ? AGREES
          : Math.abs(d.analytic) <= SURE * d.analyticNoise ? FLAT : UNDETERMINED;
    }
    return d.digitsBesidesBias() >= digits ? AGREES : UNDETERMINED;
  }

  /** Half of the neighbourhood is outside the domain, the other half is inside. */
  private static boolean edgeOfDomain(StepLadder ladder) {
    int last = ladder.levels() - 1;
    return Double.isFinite(ladder.centre)
        && Double.isFinite(ladder.plus[last]) != Double.isFinite(ladder.minus[last]);
  }

  /** The smallest steps all show the same change: a discontinuity. */
  private static boolean jumps(DirectionalDerivative d) {
    StepLadder ladder = d.ladder;
    int last = ladder.levels() - 1;
    double change = ladder.plus[last] - ladder.minus[last];
    double size = Math.max(Math.abs(ladder.plus[last]), Math.abs(ladder.minus[last]));
    boolean same =
        Math.abs(change) > 1e6 * EPS * size
            && Math.abs(change) > 1e3 * ladder.h[last] * Math.abs(d.analytic);
    for (int k = last - StepLadder.TAIL; k < last; k++) {
      same &= Math.abs(ladder.plus[k] - ladder.minus[k] - change) < 0.01 * Math.abs(change);
    }
    return same;
  }

  /** The one-sided derivatives differ. */
  private static boolean bends(DirectionalDerivative d) {
    return d.kink.excludes(0, SURE) && Math.abs(d.kink.value()) > SMALLEST_KINK * d.scale;
  }
}
