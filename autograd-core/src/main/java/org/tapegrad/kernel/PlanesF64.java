package org.tapegrad.kernel;

/**
 * What all implementations share: the walk over groups and planes, and the arithmetic per group.
 */
abstract class PlanesF64 implements Planes<double[]> {
  /**
   * Moments about a place whose distance from the mean squared is more than this many variances are
   * taken again about the mean: their difference has lost digits.
   */
  private static final int FAR = 16;

  /** The sum of n elements. */
  abstract /**/ double sum(double[] x, int offset, int n);

  /** Adds the sum of d and the sum of d² to {@code sums}, with d = x - mean. */
  abstract void deviations(double[] x, int offset, int n, double mean, /**/ double[] sums);

  /** y = ((x - mean) - residual) · scale + shift. */
  abstract void affine(
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double scale,
      double shift,
      double[] y);

  /** Stores the sum of g and the sum of g · ((x - mean) - residual) in {@code sums}. */
  abstract void products(
      double[] g, double[] x, int offset, int n, double mean, double residual, /**/ double[] sums);

  /** dx = a·g - b - c·xhat with xhat = ((x - mean) - residual) · inverseDeviation. */
  abstract void combine(
      double[] g,
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double inverseDeviation,
      double a,
      double b,
      double c,
      double[] dx);

  private interface GroupBody {
    void run(int group);
  }

  private static void forEachGroup(PlaneGroups s, GroupBody body) {
    Parallel.forEach(
        s.groups(),
        2L * s.size(),
        (from, to) -> {
          for (int k = from; k < to; k++) {
            body.run(k);
          }
        });
  }

  private interface PlaneBody {
    void run(int plane);
  }

  private static void forEachPlane(PlaneGroups planes, int group, PlaneBody body) {
    for (int o = 0; o < planes.outer(); o++) {
      int first = planes.offset(o, group);
      for (int p = first; p < first + planes.run(); p++) {
        body.run(p);
      }
    }
  }

  private static double of(PerPlane<double[]> affine, int p, double absent) {
    return affine.values() == null ? absent : affine.values()[p % affine.size()];
  }

  @Override
  public void forward(
      PlaneGroups s,
      int plane,
      boolean centred,
      /**/ double eps,
      double[] x,
      Statistics<double[]> to,
      PerPlane<double[]> gamma,
      PerPlane<double[]> beta,
      double[] y) {
    PlaneGroups planes = s.planes(plane);
    forEachGroup(
        s,
        k -> {
          statistics(s, centred, eps, x, k, to);
          output(s, planes, plane, x, k, to, gamma, beta, y);
        });
  }

  private void statistics(
      PlaneGroups s, boolean centred, /**/ double eps, double[] x, int k, Statistics<double[]> to) {
    /**/ double[] moments = moments(s, centred, x, k);
    double mean = (double) moments[2];
    to.mean()[k] = mean;
    to.residual()[k] = (double) moments[0];
    to.variance()[k] = (double) moments[1];
    to.inverseDeviation()[k] = inverseRoot(moments[1] + eps);
    to.unit()[k] = 1;
    int shift = ScaledGroupF64.shiftOfSquares(mean, (double) (moments[1] + eps));
    if (shift != 0) {
      scaledStatistics(s, centred, eps, ScaledGroupF64.copy(s, k, x, shift), shift, k, to);
    }
  }

  /** The statistics of a group of which 2^shift times its elements are given. */
  private void scaledStatistics(
      PlaneGroups s,
      boolean centred,
      /**/ double eps,
      double[] scaled,
      int shift,
      int k,
      Statistics<double[]> to) {
    /**/ double[] moments = moments(s.one(), centred, scaled, 0);
    double mean = (double) moments[2];
    /**/ double spread = moments[1] + Math.scalb(eps, 2 * shift);
    int unit = spread > 0 ? ScaledGroupF64.unit(spread, shift) : 0;
    int left = -shift - unit;
    to.mean()[k] = Math.scalb(mean, left);
    to.residual()[k] = (double) Math.scalb(moments[0], left);
    to.variance()[k] = (double) Math.scalb(moments[1], 2 * left);
    to.inverseDeviation()[k] = inverseRoot(Math.scalb(spread, 2 * left));
    to.unit()[k] = Math.scalb((double) 1, unit);
  }

  /** 0 for 0: where eps is 0 too, a constant group becomes beta, as in PyTorch. */
  private static double inverseRoot(/**/ double v) {
    return v == 0 ? 0 : (double) Math.min(1 / Math.sqrt(v), Double.MAX_VALUE);
  }

  private /**/ double mean(PlaneGroups s, double[] x, int group) {
    /**/ double sum = 0;
    for (int o = 0; o < s.outer(); o++) {
      sum += sum(x, s.offset(o, group), s.run());
    }
    return sum / s.size();
  }

  /** The mean of a few elements: x itself where all are equal. */
  private static double nearMean(PlaneGroups s, double[] x, int group) {
    /**/ double sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += x[s.offset(0, group) + (int) ((long) i * s.run() / 8)];
    }
    return (double) (sum / 8);
  }

  /** The mean of x - mean, the variance, and the mean, which is 0 if not centred. */
  private /**/ double[] moments(PlaneGroups s, boolean centred, double[] x, int group) {
    double near = centred ? nearMean(s, x, group) : 0;
    /**/ double[] moments = moments(s, centred, x, group, near);
    double mean = (double) (near + moments[0]);
    if (!centred || moments[0] * moments[0] <= FAR * moments[1]) {
      return new /**/ double[] {near - (/**/ double) mean + moments[0], moments[1], mean};
    }
    mean = (double) mean(s, x, group);
    moments = moments(s, centred, x, group, mean);
    return new /**/ double[] {moments[0], moments[1], mean};
  }

  /** The mean and the variance of d = x - mean; the mean is 0 if not centred. */
  private /**/ double[] moments(
      PlaneGroups s, boolean centred, double[] x, int group, double mean) {
    /**/ double[] sums = new /**/ double[2];
    for (int o = 0; o < s.outer(); o++) {
      deviations(x, s.offset(o, group), s.run(), mean, sums);
    }
    /**/ double m = s.size();
    /**/ double residual = centred ? sums[0] / m : 0;
    /**/ double variance = (sums[1] - (centred ? sums[0] * residual : 0)) / m;
    return new /**/ double[] {residual, variance < 0 ? 0 : variance};
  }

  @Override
  public void normalise(PlaneGroups s, double[] x, Statistics<double[]> known, double[] xhat) {
    PerPlane<double[]> none = new PerPlane<>(null, 1);
    PlaneGroups runs = s.planes(s.run());
    forEachGroup(s, k -> output(s, runs, s.run(), x, k, known, none, none, xhat));
  }

  private void output(
      PlaneGroups s,
      PlaneGroups planes,
      int plane,
      double[] x,
      int k,
      Statistics<double[]> known,
      PerPlane<double[]> gamma,
      PerPlane<double[]> beta,
      double[] y) {
    if (known.unit()[k] == 1 && factorsFit(planes, k, known.inverseDeviation()[k], gamma)) {
      affine(planes, plane, x, k, known, gamma, beta, y);
      return;
    }
    ScaledGroupF64 group = ScaledGroupF64.of(planes, k, known);
    double[] out = new double[s.size()];
    affine(
        planes.one(),
        plane,
        ScaledGroupF64.copy(s, k, x, -group.deviation()),
        0,
        group.statistics(),
        group.perPlane(gamma),
        group.perPlane(beta),
        out);
    ScaledGroupF64.copyBack(s, k, out, 0, y);
  }

  private void affine(
      PlaneGroups planes,
      int plane,
      double[] x,
      int k,
      Statistics<double[]> known,
      PerPlane<double[]> gamma,
      PerPlane<double[]> beta,
      double[] y) {
    double mean = known.mean()[k];
    double residual = known.residual()[k];
    double r = known.inverseDeviation()[k];
    forEachPlane(
        planes,
        k,
        p -> affine(x, p * plane, plane, mean, residual, r * of(gamma, p, 1), of(beta, p, 0), y));
  }

  /** Whether r·gamma has all its digits in every plane. */
  private static boolean factorsFit(PlaneGroups planes, int k, double r, PerPlane<double[]> gamma) {
    for (int o = 0; o < planes.outer() && gamma.values() != null; o++) {
      int first = planes.offset(o, k);
      for (int p = first; p < first + planes.run(); p++) {
        double scale = of(gamma, p, 1);
        if (!fits(r * scale, 1) && r != 0 && scale != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether of n terms none overflowed, and what they lost to underflow is below the last digit.
   */
  private static boolean fits(/**/ double sum, int n) {
    double size = (double) Math.abs(sum);
    return size >= n * Double.MIN_NORMAL && size <= Double.MAX_VALUE;
  }

  @Override
  public void backward(
      PlaneGroups s,
      int plane,
      boolean centred,
      double[] g,
      double[] x,
      Statistics<double[]> known,
      PerPlane<double[]> gamma,
      double[] sumG,
      double[] sumGXhat,
      double[] dx) {
    PlaneGroups planes = s.planes(plane);
    forEachGroup(
        s,
        k -> {
          if (known.unit()[k] == 1
              && factorsFit(planes, k, known.inverseDeviation()[k], gamma)
              && gradient(
                  planes, plane, centred, g, x, k, known, gamma, sumG, sumGXhat, dx, false)) {
            return;
          }
          ScaledGroupF64 group = ScaledGroupF64.of(planes, k, known);
          int upstream = ScaledGroupF64.exponentOfLargest(s, k, g);
          double[] sumOut = new double[planes.size()];
          double[] sumXhatOut = new double[planes.size()];
          double[] out = dx == null ? null : new double[s.size()];
          gradient(
              planes.one(),
              plane,
              centred,
              ScaledGroupF64.copy(s, k, g, -upstream),
              ScaledGroupF64.copy(s, k, x, -group.deviation()),
              0,
              group.statistics(),
              group.perPlane(gamma),
              sumOut,
              sumXhatOut,
              out,
              true);
          ScaledGroupF64.copyBack(planes, k, sumOut, upstream, sumG);
          ScaledGroupF64.copyBack(planes, k, sumXhatOut, upstream, sumGXhat);
          if (dx != null) {
            ScaledGroupF64.copyBack(s, k, out, upstream - group.deviation(), dx);
          }
        });
  }

  /**
   * The gradient of one group.
   *
   * @return false if a sum left the range of the type; then dx is not filled, unless it has to be
   */
  private boolean gradient(
      PlaneGroups planes,
      int plane,
      boolean centred,
      double[] g,
      double[] x,
      int k,
      Statistics<double[]> known,
      PerPlane<double[]> gamma,
      double[] sumG,
      double[] sumGXhat,
      double[] dx,
      boolean always) {
    double mean = known.mean()[k];
    double residual = known.residual()[k];
    double r = known.inverseDeviation()[k];
    boolean constant = known.variance()[k] == 0; // and the sum of g·(x - mean) rightly 0
    /**/ double[] plain = new /**/ double[2];
    /**/ double[] scaled = new /**/ double[2];
    boolean[] inRange = {true};
    forEachPlane(
        planes,
        k,
        p -> {
          products(g, x, p * plane, plane, mean, residual, plain);
          sumG[p] = (double) plain[0];
          sumGXhat[p] = (double) plain[1] * r;
          scaled[0] += plain[0] * of(gamma, p, 1);
          scaled[1] += plain[1] * of(gamma, p, 1);
          inRange[0] &=
              Double.isFinite(sumG[p])
                  && (fits(plain[1], plane) || constant || isZero(g, p * plane, plane));
        });
    double meanH = centred ? (double) (scaled[0] / (plane * planes.size())) : 0;
    double meanHXhat = (double) (scaled[1] * r / (plane * planes.size()));
    inRange[0] &= Double.isFinite(meanH) && (meanHXhat == 0 || fits(meanHXhat, 1));
    if (dx != null && (inRange[0] || always)) {
      double b = r * meanH;
      double c = r * meanHXhat;
      forEachPlane(
          planes,
          k,
          p -> combine(g, x, p * plane, plane, mean, residual, r, r * of(gamma, p, 1), b, c, dx));
    }
    return inRange[0];
  }

  private static boolean isZero(double[] a, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      if (a[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
