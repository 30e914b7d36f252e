package org.tapegrad.check.zoo;

import java.util.SplittableRandom;

/** Random inputs. */
final class Draws {
  private Draws() {}

  /** Standard normal numbers (Box and Muller). */
  static double[] normal(int n, SplittableRandom random) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
      x[i] = radius * Math.cos(2 * Math.PI * random.nextDouble());
    }
    return x;
  }
}
