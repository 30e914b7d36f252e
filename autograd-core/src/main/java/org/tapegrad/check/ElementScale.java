package org.tapegrad.check;

import java.util.SplittableRandom;

/**
 * The scale of one element, found from the function: the steps that lie between its noise and the
 * end of its regular response.
 *
 * @param noise bound on the noise of one value while this element alone moves
 * @param seen the smallest step that shows
 * @param reach the largest step worth taking
 * @param silent whether no bit of the value changes within the reach, on a plateau that ends
 *     visibly, or when the element becomes zero or doubles (a zero: moves by its input's size)
 * @param plateau whether the value is constant near the point and visibly not farther away
 * @param stairs the height of the steps in which the value changes, 0 if it does not
 */
record ElementScale(
    double noise, double seen, double reach, boolean silent, boolean plateau, double stairs) {
  private static final double EPS = 0x1p-53;

  /** A change is seen from this multiple of the noise on. */
  private static final double SEEN = 16;

  /**
   * From the smallest visible step to the largest useful one: where a linear response stands 16 ·
   * 2^42, more than the 2^53 / 64 that rounding of value and point leave, above the noise.
   */
  private static final int USEFUL = 42;

  /**
   * An element whose own size stands this far (half the digits) above the noise stays within it.
   */
  private static final int STRONG = 24;

  /** Behind a stair the value is flat for this part of the way to it at least. */
  private static final double FLAT = 0x1p-10;

  /** The digits of a double: steps below the last of them are none. */
  private static final int DIGITS = 52;

  /** As deep as steps from zero go: far enough above underflow that a ladder fits below. */
  private static final int DEEPEST = -960;

  /** Of the smallest number above zero. */
  private static final int SMALLEST = -1074;

  /** Measures element i of x[b]; everything in x is as before afterwards. */
  static ElementScale of(
      ScalarFunction function, double[][] x, int b, int i, double centre, SplittableRandom random) {
    Probe probe = new Probe(function, x, b, i, centre);
    double own = Math.abs(x[b][i]);
    double size = own > 0 ? own : sizeOf(x[b]);
    double near = centre != 0 ? Math.abs(centre) : probe.change(Math.min(size, 1));
    double noise = EPS * (near < Double.POSITIVE_INFINITY ? near : 0);
    noise += function.rounding() + probe.noise(random);
    boolean silent = probe.change(size) == 0;
    int ownSize = Math.getExponent(size);
    int low = own > 0 ? Math.max(ownSize - DIGITS, SMALLEST) : DEEPEST;
    int high = ownSize;
    for (int further = 1;
        probe.change(high) <= SEEN * noise && ownSize + further < Double.MAX_EXPONENT;
        further *= 2) {
      low = high;
      high = ownSize + further;
    }
    int seen = probe.first(low, high, SEEN * noise);
    double step = probe.change(seen);
    double stairs = 0;
    if (seen > low && step > 4 * SEEN * noise && probe.change(seen - 1) <= noise) {
      if (!probe.jumps(seen, SEEN * noise)) {
        double plateau = Math.scalb(1.0, seen - 1);
        return new ElementScale(noise, 0, plateau, probe.change(plateau) == 0, true, 0);
      }
      stairs = step;
      noise = step;
      seen = probe.first(seen, Math.max(seen, ownSize), SEEN * noise);
    }
    if (!(probe.change(seen) > SEEN * noise)) {
      return new ElementScale(noise, 0, size, silent, false, stairs);
    }
    boolean strong = own > 0 && seen <= ownSize - STRONG;
    int top = Math.min(seen + USEFUL, strong ? ownSize : Double.MAX_EXPONENT - 1);
    double reach = Math.scalb(1.0, probe.regular(seen, top, SEEN * noise));
    return new ElementScale(noise, Math.scalb(1.0, seen), reach, silent, false, stairs);
  }

  /** The largest element, which stands in for the size of a zero; 1 if all are zeros. */
  static double sizeOf(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest > 0 && Double.isFinite(largest) ? largest : 1;
  }

  /** Moves one element and looks at the function. */
  private record Probe(ScalarFunction function, double[][] x, int b, int i, double centre) {
    private double at(double value) {
      double[] origin = x[b];
      x[b] = origin.clone();
      x[b][i] = value;
      try {
        return function.valueAround(x);
      } finally {
        x[b] = origin;
      }
    }

    /** The larger change of the value over both steps; not finite if one leaves the domain. */
    double change(double step) {
      double up = Math.abs(at(x[b][i] + step) - centre);
      double down = Math.abs(at(x[b][i] - step) - centre);
      return Math.max(up, down);
    }

    double change(int exponent) {
      return change(Math.scalb(1.0, exponent));
    }

    /** Second differences over a few units in the last place, which show nothing but rounding. */
    double noise(SplittableRandom random) {
      double noise = 0;
      for (int j = 1; x[b][i] != 0 && j <= 4; j++) {
        double step = Math.ulp(x[b][i]) * (2 * j + random.nextInt(2));
        double change = Math.abs(at(x[b][i] + step) - centre - (centre - at(x[b][i] - step)));
        noise = Double.isFinite(change) ? Math.max(noise, change) : noise;
      }
      return noise;
    }

    /**
     * The smallest exponent in [low, high] that shows more than the limit, or leaves the domain.
     */
    int first(int low, int high, double limit) {
      int from = low - 1;
      int to = high;
      while (to - from > 1) {
        int middle = (from + to) >> 1;
        if (change(middle) <= limit) {
          from = middle;
        } else {
          to = middle;
        }
      }
      return change(to) < Double.POSITIVE_INFINITY || to == low ? to : to - 1;
    }

    /**
     * Whether the change begins with its full height and stays there, as that of rounded values
     * does, or goes on continuously, as where a plateau ends, be it with a jump.
     */
    boolean jumps(int seen, double limit) {
      double height = change(seen);
      double below = Math.scalb(1.0, seen - 1);
      double step = 2 * below;
      for (int k = 0; k < DIGITS && change(step) > height / SEEN; k++) {
        double middle = below + (step - below) / 2;
        if (change(middle) <= limit) {
          below = middle;
        } else {
          step = middle;
        }
      }
      double behind = change(step);
      return behind > height / SEEN && Math.abs(change(step * (1 + FLAT)) - behind) <= limit;
    }

    /**
     * How far up from a visible step the response grows by 4 at least when the step does by 16. A
     * first change that is one unit of rounding may be larger than what a regular one would be.
     */
    int regular(int seen, int limit, double slack) {
      int top = seen;
      double before = change(top);
      while (top + 4 <= limit) {
        double change = change(top + 4);
        if (!(change + slack >= 4 * before && change < Double.POSITIVE_INFINITY)) {
          break;
        }
        before = change;
        top += 4;
      }
      return top;
    }
  }
}
