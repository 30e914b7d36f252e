package org.tapegrad.check;

import java.util.SplittableRandom;

/**
 * Steps scaled to the input: an element moves in proportion to the geometric mean of its own size
 * and that of the whole input, so that neither small elements nor large ones dominate; a zero moves
 * by a fixed share of the latter. All components are short binary fractions, which keeps x ± h d
 * free of rounding as long as possible.
 */
final class Directions {
  private static final double NEGLIGIBLE = 1e-20;
  private static final double SHARE_OF_ZERO = 0x1p-8;

  private Directions() {}

  static double[] scales(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    double squares = 0;
    for (double value : x) {
      squares += (value / largest) * (value / largest);
    }
    double size = largest * Math.sqrt(squares / x.length);
    double[] scale = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double own = Math.abs(x[i]);
      double wanted =
          own > NEGLIGIBLE * size ? Math.sqrt(own) * Math.sqrt(size) : SHARE_OF_ZERO * size;
      scale[i] = wanted > 0 && Double.isFinite(wanted) ? powerOfTwo(wanted) : 1;
    }
    return scale;
  }

  private static double powerOfTwo(double x) {
    return Math.max(Double.MIN_NORMAL * 0x1p100, Math.scalb(1.0, Math.getExponent(x)));
  }

  /** A direction with no small component: signs at random, sizes 1 to 1.875 times the scale. */
  static double[] random(double[] scale, SplittableRandom random) {
    double[] d = new double[scale.length];
    for (int i = 0; i < d.length; i++) {
      int bits = random.nextInt(16);
      d[i] = scale[i] * (1 + (bits >> 1) / 8.0) * ((bits & 1) == 0 ? 1 : -1);
    }
    return d;
  }
}
