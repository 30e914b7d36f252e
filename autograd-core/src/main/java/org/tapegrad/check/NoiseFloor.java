package org.tapegrad.check;

import java.util.SplittableRandom;

/**
 * How reproducible a function and its claimed gradient are in the face of rounding.
 *
 * <p>Every element is moved by a random few units in the last place; what the value changes beyond
 * the linear prediction, and what the gradient changes at all, is rounding of the input and of the
 * arithmetic behind it. Elements that sit on a kink stay still.
 *
 * @param value bound on the noise of one value of the function
 * @param gradients claimed gradients at the disturbed points, one per disturbance
 */
record NoiseFloor(double value, double[][][] gradients) {
  private static final int DISTURBANCES = 8;
  private static final int GRADIENTS = 2;
  private static final double EPS = 0x1p-53;

  static NoiseFloor measure(
      Subject subject,
      double[][] x,
      double[][] claimed,
      double[][] scale,
      boolean[][] still,
      double centre,
      SplittableRandom random) {
    double[][] moved = new double[x.length][];
    double[][][] gradients = new double[GRADIENTS][][];
    double noise = 0;
    for (int j = 0; j < DISTURBANCES; j++) {
      CompensatedSum predicted = new CompensatedSum();
      for (int b = 0; b < x.length; b++) {
        moved[b] = new double[x[b].length];
        for (int i = 0; i < x[b].length; i++) {
          double unit = still[b][i] ? 0 : Math.ulp(Math.max(Math.abs(x[b][i]), scale[b][i]));
          moved[b][i] = x[b][i] + unit * Math.rint((1 << j) * random.nextDouble(-1, 1));
          predicted.addProduct(claimed[b][i], moved[b][i] - x[b][i]);
        }
      }
      double change = Math.abs(subject.value(moved) - centre - predicted.value());
      noise = Double.isFinite(change) ? Math.max(noise, change) : noise;
      if (j < GRADIENTS) {
        gradients[j] = subject.gradient(moved);
      }
    }
    return new NoiseFloor(2 * noise + EPS * Math.abs(centre) + subject.rounding(), gradients);
  }

  /** Bound on the rounding error of the claimed derivative along {@code d}. */
  double ofClaim(int input, double[] claimed, double[] d) {
    double noise = 0;
    for (double[][] gradient : gradients) {
      CompensatedSum change = new CompensatedSum();
      for (int i = 0; i < d.length; i++) {
        if (d[i] != 0) {
          change.addProduct(gradient[input][i] - claimed[i], d[i]);
        }
      }
      noise = Math.max(noise, Math.abs(change.value()));
    }
    double floor = 8 * EPS * length(claimed, d);
    return Double.isFinite(noise) ? 2 * noise + floor : floor;
  }

  /** The Euclidean length of the products of two arrays. */
  static double length(double[] a, double[] d) {
    double sum = 0;
    for (int i = 0; i < d.length; i++) {
      sum = d[i] == 0 ? sum : Math.hypot(sum, a[i] * d[i]);
    }
    return sum;
  }
}
