package org.tapegrad.check;

import java.util.SplittableRandom;

/** Random cotangents without small components, so that no output goes unwatched. */
final class Cotangents {
  private Cotangents() {}

  static double[] random(int n, SplittableRandom random) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      double size = 0.5 + random.nextDouble();
      v[i] = random.nextBoolean() ? size : -size;
    }
    return v;
  }
}
