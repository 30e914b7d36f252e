package org.tapegrad.kernel;

/**
 * What all implementations share: the walk over groups and planes, and the arithmetic per group.
 */
abstract class PlanesF64 implements Planes<double[]> {

  /** The sum of n elements. */
  abstract /**/ double sum(double[] x, int offset, int n);

  /** Adds the sum of d and the sum of d² to {@code sums}, with d = (x - mean) · scale. */
  abstract void deviations(
      double[] x, int offset, int n, double mean, double scale, /**/ double[] sums);

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

  /** dx = a·g - b - c·((x - mean) - residual). */
  abstract void combine(
      double[] g,
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double a,
      double b,
      double c,
      double[] dx);

  @Override
  public void statistics(
      PlaneGroups s,
      boolean centred,
      /**/ double eps,
      double[] x,
      double[] mean,
      double[] residual,
      double[] variance,
      double[] inverseDeviation) {
    Parallel.forEach(
        s.groups(),
        s.size(),
        (from, to) -> {
          for (int k = from; k < to; k++) {
            mean[k] = centred ? (double) mean(s, x, k) : 0;
            /**/ double[] moments = moments(s, centred, x, k, mean[k], 1);
            residual[k] = (double) moments[0];
            variance[k] = (double) moments[1];
            inverseDeviation[k] = (double) (1 / Math.sqrt(moments[1] + eps));
            if (Double.isInfinite((double) moments[1])) {
              inverseDeviation[k] = scaledInverseDeviation(s, centred, eps, x, k, mean[k]);
            }
          }
        });
  }

  private /**/ double mean(PlaneGroups s, double[] x, int group) {
    /**/ double sum = 0;
    for (int o = 0; o < s.outer(); o++) {
      sum += sum(x, s.offset(o, group), s.run());
    }
    return sum / s.size();
  }

  /** The mean and the variance of d = (x - mean) · scale; the mean is 0 if not centred. */
  private /**/ double[] moments(
      PlaneGroups s, boolean centred, double[] x, int group, double mean, double scale) {
    /**/ double[] sums = new /**/ double[2];
    for (int o = 0; o < s.outer(); o++) {
      deviations(x, s.offset(o, group), s.run(), mean, scale, sums);
    }
    /**/ double m = s.size();
    /**/ double residual = centred ? sums[0] / m : 0;
    /**/ double variance = (sums[1] - (centred ? sums[0] * residual : 0)) / m;
    return new /**/ double[] {residual, variance < 0 ? 0 : variance};
  }

  /** 1/sqrt(var + eps) where var itself is too large a number. */
  private double scaledInverseDeviation(
      PlaneGroups s, boolean centred, /**/ double eps, double[] x, int group, double mean) {
    double scale = Math.scalb((double) 1, -3 * Double.MAX_EXPONENT / 4);
    /**/ double variance = moments(s, centred, x, group, mean, scale)[1];
    return (double) (scale / Math.sqrt(variance + eps * scale * scale));
  }

  @Override
  public void normalise(
      PlaneGroups s,
      int plane,
      double[] x,
      double[] mean,
      double[] residual,
      double[] inverseDeviation,
      double[] gamma,
      int gammaSize,
      double[] beta,
      int betaSize,
      double[] y) {
    forEachPlane(
        s,
        plane,
        (p, k) -> {
          double scale = inverseDeviation[k] * (gamma == null ? 1 : gamma[p % gammaSize]);
          double shift = beta == null ? 0 : beta[p % betaSize];
          affine(x, p * plane, plane, mean[k], residual[k], scale, shift, y);
        });
  }

  @Override
  public void gradientSums(
      PlaneGroups s,
      int plane,
      double[] g,
      double[] x,
      double[] mean,
      double[] residual,
      double[] sumG,
      double[] sumGTimesDeviation) {
    forEachPlane(
        s,
        plane,
        (p, k) -> {
          /**/ double[] sums = new /**/ double[2];
          products(g, x, p * plane, plane, mean[k], residual[k], sums);
          sumG[p] = (double) sums[0];
          sumGTimesDeviation[p] = (double) sums[1];
        });
  }

  @Override
  public void inputGradient(
      PlaneGroups s,
      int plane,
      boolean centred,
      double[] g,
      double[] x,
      double[] mean,
      double[] residual,
      double[] inverseDeviation,
      double[] gamma,
      int gammaSize,
      double[] sumG,
      double[] sumGTimesDeviation,
      double[] dx) {
    double[] meanG = new double[s.groups()];
    double[] meanGXhat = new double[s.groups()];
    int planesPerRun = s.run() / plane;
    for (int k = 0; k < s.groups(); k++) {
      /**/ double sum = 0;
      /**/ double product = 0;
      for (int o = 0; o < s.outer(); o++) {
        int first = (o * s.groups() + k) * planesPerRun;
        for (int p = first; p < first + planesPerRun; p++) {
          /**/ double scale = gamma == null ? 1 : gamma[p % gammaSize];
          sum += scale * sumG[p];
          product += scale * sumGTimesDeviation[p];
        }
      }
      meanG[k] = centred ? (double) (sum / s.size()) : 0;
      meanGXhat[k] = (double) (product * inverseDeviation[k] / s.size());
    }
    forEachPlane(
        s,
        plane,
        (p, k) -> {
          double r = inverseDeviation[k];
          double a = r * (gamma == null ? 1 : gamma[p % gammaSize]);
          double b = r * meanG[k];
          double c = r * meanGXhat[k] * r;
          combine(g, x, p * plane, plane, mean[k], residual[k], a, b, c, dx);
        });
  }

  /** Work on one plane and the group it belongs to. */
  private interface PlaneBody {
    void run(int plane, int group);
  }

  private static void forEachPlane(PlaneGroups s, int plane, PlaneBody body) {
    int planesPerRun = s.run() / plane;
    Parallel.forEach(
        s.outer() * s.groups() * planesPerRun,
        plane,
        (from, to) -> {
          for (int p = from; p < to; p++) {
            body.run(p, p / planesPerRun % s.groups());
          }
        });
  }
}
