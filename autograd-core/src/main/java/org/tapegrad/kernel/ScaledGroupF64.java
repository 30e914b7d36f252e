package org.tapegrad.kernel;

/**
 * What is known of one group whose numbers or their products leave the range of the type, in units
 * in which they do not. All units are powers of two, so changing them is exact, and within the
 * range the result is the same bit for bit.
 *
 * @param deviation the exponent of the unit, near the deviation of the group
 */
record ScaledGroupF64(
    PlaneGroups planes, int group, int deviation, Planes.Statistics<double[]> statistics) {

  /**
   * Below a variance of 2^-767 (2^-95 in float32) x is scaled by its inverse, above terms of 2^-255
   * (2^-31) of the variance have all their digits. Where squares overflow x is scaled by it:
   * squares of the largest numbers become 2^514 (2^66); those of the smallest become 2^-614
   * (2^-108) below.
   */
  private static final int SHIFT = 3 * Double.MAX_EXPONENT / 4;

  static ScaledGroupF64 of(PlaneGroups planes, int k, Planes.Statistics<double[]> known) {
    double r = known.inverseDeviation()[k];
    int e = known.variance()[k] > 0 ? exponent(r) : 0;
    Planes.Statistics<double[]> scaled =
        new Planes.Statistics<>(
            new double[] {Math.scalb(known.mean()[k], e)},
            new double[] {Math.scalb(known.residual()[k], e)},
            new double[] {Math.scalb(known.variance()[k], 2 * e)},
            new double[] {Math.scalb(r, -e)},
            new double[] {1});
    return new ScaledGroupF64(planes, k, exponent(known.unit()[k]) - e, scaled);
  }

  private static int exponent(double v) {
    return v > 0 && v <= Double.MAX_VALUE ? Math.getExponent(v) : 0;
  }

  /**
   * Where squares of the deviations overflow or lose digits, the exponent to scale x with, else 0.
   * Beside a mean of 1 deviations whose squares lose digits are below the last digit of x.
   */
  static int shiftOfSquares(double mean, double variance) {
    if (!Double.isFinite(variance)) {
      return -SHIFT;
    }
    return variance < Math.scalb((double) 1, -SHIFT) && Math.abs(mean) < 1 ? SHIFT : 0;
  }

  /** The exponent of the deviation of what has this variance once it is scaled by 2^shift. */
  static int unit(/**/ double variance, int shift) {
    int exponent = Math.getExponent(Math.sqrt(variance)) - shift;
    return Math.max(Double.MIN_EXPONENT, Math.min(Double.MAX_EXPONENT, exponent));
  }

  /** The exponent of the largest |a| of a group; 0 if that is 0 or not finite. */
  static int exponentOfLargest(PlaneGroups s, int k, double[] a) {
    double largest = 0;
    for (int i = 0; i < s.size(); i++) {
      largest = Math.max(largest, Math.abs(a[s.index(i, k)]));
    }
    return exponent(largest);
  }

  /** The elements of a group, times 2^exponent. */
  static double[] copy(PlaneGroups s, int k, double[] a, int exponent) {
    double[] copy = new double[s.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Math.scalb(a[s.index(i, k)], exponent);
    }
    return copy;
  }

  /** Puts the elements of a group in their places, times 2^exponent. */
  static void copyBack(PlaneGroups s, int k, double[] copy, int exponent, double[] a) {
    for (int i = 0; i < copy.length; i++) {
      a[s.index(i, k)] = Math.scalb(copy[i], exponent);
    }
  }

  /** The scales or shifts of the planes of this group. */
  Planes.PerPlane<double[]> perPlane(Planes.PerPlane<double[]> all) {
    if (all.values() == null) {
      return all;
    }
    double[] own = new double[planes.size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = all.values()[planes.index(i, group) % all.size()];
    }
    return new Planes.PerPlane<>(own, own.length);
  }
}
