package org.tapegrad.kernel;

/** The loops over one run in plain Java, each sum held in four parts, block by block. */
final class PlainPlanesF64 extends PlanesF64 {
  /** Elements whose terms are summed before the sum is put aside: rounding grows with it. */
  private static final int BLOCK = 256;

  private final PlainReductionF64 reduction = new PlainReductionF64();

  @Override
  /**/ double sum(double[] x, int offset, int n) {
    return reduction.sumOfRun(x, offset, n);
  }

  @Override
  void deviations(double[] x, int offset, int n, double mean, /**/ double[] sums) {
    for (int i = 0; i < n; i += BLOCK) {
      addDeviations(x, offset + i, Math.min(BLOCK, n - i), mean, sums);
    }
  }

  private static void addDeviations(
      double[] x, int offset, int n, double mean, /**/ double[] sums) {
    /**/ double a0 = 0, a1 = 0, a2 = 0, a3 = 0;
    /**/ double b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    int i = offset;
    for (int end = offset + n - 3; i < end; i += 4) {
      /**/ double d0 = x[i] - mean;
      /**/ double d1 = x[i + 1] - mean;
      /**/ double d2 = x[i + 2] - mean;
      /**/ double d3 = x[i + 3] - mean;
      a0 += d0;
      a1 += d1;
      a2 += d2;
      a3 += d3;
      b0 += d0 * d0;
      b1 += d1 * d1;
      b2 += d2 * d2;
      b3 += d3 * d3;
    }
    for (int end = offset + n; i < end; i++) {
      /**/ double d = x[i] - mean;
      a0 += d;
      b0 += d * d;
    }
    sums[0] += (a0 + a1) + (a2 + a3);
    sums[1] += (b0 + b1) + (b2 + b3);
  }

  @Override
  void affine(
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double scale,
      double shift,
      double[] y) {
    for (int i = offset; i < offset + n; i++) {
      y[i] = ((x[i] - mean) - residual) * scale + shift;
    }
  }

  @Override
  void products(
      double[] g, double[] x, int offset, int n, double mean, double residual, /**/ double[] sums) {
    sums[0] = 0;
    sums[1] = 0;
    for (int i = 0; i < n; i += BLOCK) {
      addProducts(g, x, offset + i, Math.min(BLOCK, n - i), mean, residual, sums);
    }
  }

  private static void addProducts(
      double[] g, double[] x, int offset, int n, double mean, double residual, /**/ double[] sums) {
    /**/ double a0 = 0, a1 = 0, a2 = 0, a3 = 0;
    /**/ double b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    int i = offset;
    for (int end = offset + n - 3; i < end; i += 4) {
      a0 += g[i];
      a1 += g[i + 1];
      a2 += g[i + 2];
      a3 += g[i + 3];
      b0 += g[i] * ((x[i] - mean) - residual);
      b1 += g[i + 1] * ((x[i + 1] - mean) - residual);
      b2 += g[i + 2] * ((x[i + 2] - mean) - residual);
      b3 += g[i + 3] * ((x[i + 3] - mean) - residual);
    }
    for (int end = offset + n; i < end; i++) {
      a0 += g[i];
      b0 += g[i] * ((x[i] - mean) - residual);
    }
    sums[0] += (a0 + a1) + (a2 + a3);
    sums[1] += (b0 + b1) + (b2 + b3);
  }

  @Override
  void combine(
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
      double[] dx) {
    for (int i = offset; i < offset + n; i++) {
      dx[i] = a * g[i] - b - c * (((x[i] - mean) - residual) * inverseDeviation);
    }
  }
}
