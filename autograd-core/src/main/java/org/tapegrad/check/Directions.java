package org.tapegrad.check;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Where the elements of one input move together, each in steps of its own: by the geometric mean of
 * its size and that of the whole input where these are alike, else by its own size; a zero by a
 * share of the input's size or of 1. These are guesses that may confirm a claim but not accuse it;
 * see {@link ElementScale}. All components are short binary fractions, which keeps x ± h d free of
 * rounding as long as possible.
 */
final class Directions {
  /** A typical smallest of a million elements drawn alike; less is another unit. */
  private static final double ALIKE = 0x1p-20;

  private static final double SHARE_OF_ZERO = 0x1p-8;

  /**
   * As an exponent, the largest product of step and derivative, of which a million can be added.
   */
  private static final int LARGEST = 1000;

  private final double[] step;
  private final double[] longest;
  private final boolean[] held;

  Directions(double[] x) {
    step = steps(x);
    longest = new double[x.length];
    held = new boolean[x.length];
    Arrays.fill(longest, Double.MAX_VALUE);
  }

  private static double[] steps(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    double squares = 0;
    for (double value : x) {
      squares += (value / largest) * (value / largest);
    }
    double size = largest * Math.sqrt(squares / x.length);
    double[] step = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double own = Math.abs(x[i]);
      double wanted =
          own == 0
              ? SHARE_OF_ZERO * Math.min(size, 1)
              : own > ALIKE * size ? Math.sqrt(own) * Math.sqrt(size) : own;
      step[i] = wanted > 0 && Double.isFinite(wanted) ? powerOfTwo(wanted) : 1;
    }
    return step;
  }

  private static double powerOfTwo(double x) {
    return Math.max(Double.MIN_NORMAL * 0x1p100, Math.scalb(1.0, Math.getExponent(x)));
  }

  /** Shortens steps whose product with the derivative would overflow. */
  void keepFinite(double[] derivatives) {
    for (int i = 0; i < step.length; i++) {
      longest[i] = Math.scalb(1.0, Math.min(LARGEST, LARGEST - Math.getExponent(derivatives[i])));
      step[i] = Math.min(step[i], longest[i]);
    }
  }

  /** How far an element moves when the step size is 1. */
  double step(int i) {
    return step[i];
  }

  /** Leaves an element where it is from now on, because it sits on a kink. */
  void hold(int i) {
    held[i] = true;
  }

  boolean isHeld(int i) {
    return held[i];
  }

  /** One element alone. */
  double[] single(int i) {
    return single(i, step[i]);
  }

  /** One element alone, by a step of its own. */
  double[] single(int i, double by) {
    double[] d = new double[step.length];
    d[i] = Math.min(by, longest[i]);
    return d;
  }

  /** A direction with no small component: signs at random, sizes 1 to 1.875 times the step. */
  double[] random(SplittableRandom random) {
    double[] d = new double[step.length];
    for (int i = 0; i < d.length; i++) {
      int bits = random.nextInt(16);
      d[i] = step[i] * (1 + (bits >> 1) / 8.0) * ((bits & 1) == 0 ? 1 : -1);
    }
    return d;
  }

  /** A direction without the elements that are held. */
  double[] free(double[] d) {
    double[] free = d.clone();
    for (int i = 0; i < d.length; i++) {
      free[i] = held[i] ? 0 : d[i];
    }
    return free;
  }

  /** The elements of [from, to) of a direction. */
  static double[] part(double[] d, int from, int to) {
    double[] part = new double[d.length];
    System.arraycopy(d, from, part, from, to - from);
    return part;
  }
}
