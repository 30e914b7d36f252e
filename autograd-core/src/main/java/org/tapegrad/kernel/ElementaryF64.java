package org.tapegrad.kernel;

import static org.tapegrad.kernel.Coefficients.Double.*;

/**
 * exp, log, tanh and what is made of them. They consist of fma, sums, products, quotients and steps
 * on bits alone, and {@link VectorElementaryF64} takes the same steps in the same order, so that
 * results depend neither on the kernel set nor on what has been compiled.
 */
class ElementaryF64 {
  /** Elements that go through all passes of a function before the next ones do. */
  private static final int TILE = 512;

  /** y = exp(x) over n elements. */
  void exp(double[] x, int xo, double[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = exp(x[xo + i]);
    }
  }

  /** y = log(x) over n elements. */
  void log(double[] x, int xo, double[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = log(x[xo + i]);
    }
  }

  /** e = tanh(x) over n elements, given e = exp(2|x|). */
  void tanh(double[] x, double[] e, int n) {
    for (int i = 0; i < n; i++) {
      e[i] = tanh(x[i], e[i]);
    }
  }

  /** y = tanh(x) over n elements. */
  final void tanh(double[] x, int xo, double[] y, int yo, int n) {
    tiles(2, x, xo, y, yo, n, (v, e, at, m) -> tanh(v, e, m));
  }

  /** y = 1/(1 + e^-x) over n elements, with e^-|x| alone, so that nothing overflows. */
  final void sigmoid(double[] x, int xo, double[] y, int yo, int n) {
    tiles(
        -1,
        x,
        xo,
        y,
        yo,
        n,
        (v, e, at, m) -> {
          for (int i = 0; i < m; i++) { // above the line is e where x < 0, else 1
            e[i] = Math.max(Math.min(v[i] * TO_ONE, 1), e[i]) / (1 + e[i]);
          }
        });
  }

  /** y = log(1 + e^x) = max(x, 0) + log(1 + e), e = e^-|x|, with what rounding took from 1 + e. */
  final void softplus(double[] x, int xo, double[] y, int yo, int n) {
    double[] sum = new double[Math.min(n, TILE)];
    tiles(
        -1,
        x,
        xo,
        y,
        yo,
        n,
        (v, e, at, m) -> {
          for (int i = 0; i < m; i++) {
            sum[i] = 1 + e[i];
            e[i] = (e[i] - (sum[i] - 1)) / sum[i];
          }
          log(sum, 0, sum, 0, m);
          for (int i = 0; i < m; i++) {
            e[i] = Math.max(v[i], 0) + (sum[i] + e[i]);
          }
        });
  }

  /** y = g·factor²·e/(1 + e)² with e = exp(-factor·|x|): of sigmoid for 1, of tanh for 2. */
  final void slope(
      double factor, double[] g, int go, double[] x, int xo, double[] y, int yo, int n) {
    tiles(
        -factor,
        x,
        xo,
        y,
        yo,
        n,
        (v, e, at, m) -> {
          System.arraycopy(g, go + at, v, 0, m);
          for (int i = 0; i < m; i++) {
            double sum = 1 + e[i];
            e[i] = v[i] * (factor * factor * (e[i] / (sum * sum)));
          }
        });
  }

  /** Turns e into the results for m elements x, those from at on. */
  private interface Passes {
    void run(double[] x, double[] e, int at, int m);
  }

  /**
   * Passes over one tile after the other, given x and e = exp(factor·|x|). They lie at the start of
   * arrays, since C2 does not vectorise loops over arrays from different places on.
   */
  private void tiles(double factor, double[] x, int xo, double[] y, int yo, int n, Passes passes) {
    double[] v = new double[Math.min(n, TILE)];
    double[] e = new double[v.length];
    for (int at = 0; at < n; at += TILE) {
      int m = Math.min(n - at, TILE);
      System.arraycopy(x, xo + at, v, 0, m);
      for (int i = 0; i < m; i++) {
        e[i] = factor * Math.abs(v[i]);
      }
      exp(e, 0, e, 0, m);
      passes.run(v, e, at, m);
      System.arraycopy(e, 0, y, yo + at, m);
    }
  }

  /** With x = n·log 2 + r, 2ⁿ·e^r; in two steps, which reach beyond the range of 2ⁿ. */
  private static double exp(double v) {
    double x = Math.min(Math.max(v, ZERO_BELOW), INFINITE_ABOVE);
    double sum = x * LOG2_E + TO_EXPONENT;
    double n = sum - TO_EXPONENT;
    double r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    double p = Math.fma(r * r, polynomial(EXP, r), r);
    /*bits*/ long bits = Double.doubleToRawLongBits(sum);
    /*bits*/ long half = bits >>> 1;
    return (1 + p)
        * Double.longBitsToDouble(half << FRACTION_BITS)
        * Double.longBitsToDouble(bits - half << FRACTION_BITS);
  }

  /** With x = 2ⁿ·(1 + f) and s = f/(2 + f), n·log 2 + 2·atanh(s), written such that f leads. */
  private static double log(double x) {
    boolean tiny = x < SMALLEST_NORMAL;
    /*bits*/ long bits = Double.doubleToRawLongBits(tiny ? x * TO_NORMAL : x);
    /*bits*/ long exponent = bits - ROOT_HALF_BITS >> FRACTION_BITS;
    double bias = tiny ? TO_INTEGER + FRACTION_BITS : TO_INTEGER;
    double n = Double.longBitsToDouble(TO_INTEGER_BITS + exponent) - bias;
    double f = Double.longBitsToDouble(bits - (exponent << FRACTION_BITS)) - 1;
    double s = f / (f + 2);
    double z = s * s;
    double halfSquare = f * f * 0.5;
    double low = Math.fma(s, Math.fma(z, polynomial(LOG, z), halfSquare), n * LN2_LOW);
    double y = Math.fma(n, LN2_HIGH, f - (halfSquare - low));
    if (x > 0) {
      return x < Double.POSITIVE_INFINITY ? y : x;
    }
    return x == 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
  }

  /** A polynomial for small |x|, else 1 - 2/(e + 1), with the sign of x; e = exp(2|x|). */
  static double tanh(double x, double e) {
    double a = Math.abs(x);
    double z = a * a;
    double y = a < TANH_BOUND ? Math.fma(a * z, polynomial(TANH, z), a) : 1 - 2 / (e + 1);
    return Math.copySign(y, x);
  }

  /** The value of a polynomial, lowest power first (Horner's scheme). */
  private static double polynomial(double[] c, double x) {
    double sum = c[c.length - 1];
    for (int k = c.length - 2; k >= 0; k--) {
      sum = Math.fma(sum, x, c[k]);
    }
    return sum;
  }
}
