package org.tapegrad.check;

import java.util.SplittableRandom;

/**
 * How reproducible a function and its claimed gradient are in the face of rounding.
 *
 * <p>Every element is moved forth and back by a random few units in the last place. A smooth
 * function's second difference over so small a step is far below rounding, so what it shows, and
 * what the gradient changes at all, is rounding of the input and of the arithmetic behind it.
 * Elements that sit on a kink stay still.
 *
 * @param value bound on the noise of one value of the function
 * @param gradients claimed gradients at the disturbed points, one per disturbance
 */
record NoiseFloor(double value, double[][][] gradients) {
  private static final int DISTURBANCES = 4;
  private static final int GRADIENTS = 2;
  private static final double EPS = 0x1p-53;

  static NoiseFloor measure(
      ScalarFunction function,
      double[][] x,
      Directions[] directions,
      double centre,
      SplittableRandom random) {
    double[][][] gradients = new double[GRADIENTS][][];
    double noise = 0;
    for (int j = 0; j < DISTURBANCES; j++) {
      double[][] forth = new double[x.length][];
      double[][] back = new double[x.length][];
      for (int b = 0; b < x.length; b++) {
        forth[b] = x[b].clone();
        back[b] = x[b].clone();
        for (int i = 0; i < x[b].length; i++) {
          if (!directions[b].isHeld(i)) {
            double unit = Math.ulp(Math.max(Math.abs(x[b][i]), directions[b].step(i)));
            double step = unit * Math.rint((2 << 2 * j) * random.nextDouble(-1, 1));
            forth[b][i] += step;
            back[b][i] -= step;
          }
        }
      }
      double change =
          Math.abs(function.valueAround(forth) - centre - (centre - function.valueAround(back)));
      noise = Double.isFinite(change) ? Math.max(noise, change) : noise;
      if (j < GRADIENTS) {
        gradients[j] = function.gradientAround(forth, x);
      }
    }
    return new NoiseFloor(noise + EPS * Math.abs(centre) + function.rounding(), gradients);
  }

  /** The same for another bound on the noise of one value. */
  NoiseFloor with(double noise) {
    return new NoiseFloor(noise, gradients);
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
