package org.tapegrad.check;

/**
 * The Taylor test: |f(x + h d) - f(x) - h claimed · d| falls like h² when the claim is right and
 * like h when it is not.
 *
 * <p>The fit window is found, not chosen: the smallest steps whose remainder still stands clear of
 * the noise.
 */
final class TaylorRemainder {
  private static final int WINDOW = 4;
  private static final double CLEAR = 30;

  private TaylorRemainder() {}

  /**
   * The fitted slope, NaN when fewer than three steps leave the noise (as for a linear function
   * rightly differentiated).
   */
  static double slope(StepLadder ladder, int first, double claimed, double noise) {
    double[] logH = new double[WINDOW];
    double[] logR = new double[WINDOW];
    int count = 0;
    for (int k = ladder.levels() - 1; k >= first && count < WINDOW; k--) {
      double remainder = Math.abs(ladder.remainder(k, claimed));
      double floor = noise + Math.ulp(ladder.h[k] * claimed);
      if (remainder > CLEAR * floor) {
        logH[count] = Math.log(ladder.h[k]);
        logR[count++] = Math.log(remainder);
      } else {
        count = 0;
      }
    }
    return count < 3 ? Double.NaN : fit(logH, logR, count);
  }

  private static double fit(double[] x, double[] y, int n) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < n; i++) {
      meanX += x[i] / n;
      meanY += y[i] / n;
    }
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    return xy / xx;
  }
}
