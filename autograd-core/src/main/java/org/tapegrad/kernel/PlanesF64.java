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

  private static void forEachPlane(PlaneGroups s, int plane, int group, PlaneBody body) {
    int planesPerRun = s.run() / plane;
    for (int o = 0; o < s.outer(); o++) {
      int first = (o * s.groups() + group) * planesPerRun;
      for (int p = first; p < first + planesPerRun; p++) {
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
    forEachGroup(
        s,
        k -> {
          statistics(s, centred, eps, x, k, to);
          double mean = to.mean()[k];
          double residual = to.residual()[k];
          double r = to.inverseDeviation()[k];
          forEachPlane(
              s,
              plane,
              k,
              p ->
                  affine(
                      x, p * plane, plane, mean, residual, r * of(gamma, p, 1), of(beta, p, 0), y));
        });
  }

  private void statistics(
      PlaneGroups s, boolean centred, /**/ double eps, double[] x, int k, Statistics<double[]> to) {
    double mean = centred ? (double) mean(s, x, k) : 0;
    /**/ double[] moments = moments(s, centred, x, k, mean, 1);
    to.mean()[k] = mean;
    to.residual()[k] = (double) moments[0];
    to.variance()[k] = (double) moments[1];
    to.inverseDeviation()[k] = inverseRoot(moments[1] + eps);
    double scale = scaleIntoRange((double) (moments[1] + eps));
    if (scale != 1) {
      /**/ double variance = moments(s, centred, x, k, mean, scale)[1];
      to.variance()[k] = (double) (variance / scale / scale);
      to.inverseDeviation()[k] = scale * inverseRoot(variance + eps * scale * scale);
    }
  }

  /** Where squares of the deviations lose digits or overflow, what to multiply them with. */
  private static double scaleIntoRange(double variance) {
    int exponent = 3 * Double.MAX_EXPONENT / 4;
    if (!Double.isFinite(variance)) {
      return Math.scalb((double) 1, -exponent);
    }
    return variance < Math.scalb((double) 1, -exponent) ? Math.scalb((double) 1, exponent) : 1;
  }

  /** 0 for 0: where eps is 0 too, a constant group becomes beta, as in PyTorch. */
  private static double inverseRoot(/**/ double v) {
    return v == 0 ? 0 : (double) (1 / Math.sqrt(v));
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

  @Override
  public void normalise(PlaneGroups s, double[] x, Statistics<double[]> known, double[] xhat) {
    forEachGroup(
        s,
        k -> {
          for (int o = 0; o < s.outer(); o++) {
            affine(
                x,
                s.offset(o, k),
                s.run(),
                known.mean()[k],
                known.residual()[k],
                known.inverseDeviation()[k],
                0,
                xhat);
          }
        });
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
      double[] sumGTimesDeviation,
      double[] dx) {
    forEachGroup(
        s,
        k -> {
          double mean = known.mean()[k];
          double residual = known.residual()[k];
          double r = known.inverseDeviation()[k];
          /**/ double[] plain = new /**/ double[2];
          /**/ double[] scaled = new /**/ double[2];
          forEachPlane(
              s,
              plane,
              k,
              p -> {
                products(g, x, p * plane, plane, mean, residual, plain);
                sumG[p] = (double) plain[0];
                sumGTimesDeviation[p] = (double) plain[1];
                scaled[0] += plain[0] * of(gamma, p, 1);
                scaled[1] += plain[1] * of(gamma, p, 1);
              });
          if (dx == null) {
            return;
          }
          double meanH = centred ? (double) (scaled[0] / s.size()) : 0;
          double meanHXhat = (double) (scaled[1] * r / s.size());
          double b = r * meanH;
          double c = r * meanHXhat;
          forEachPlane(
              s,
              plane,
              k,
              p ->
                  combine(
                      g, x, p * plane, plane, mean, residual, r, r * of(gamma, p, 1), b, c, dx));
        });
  }
}
