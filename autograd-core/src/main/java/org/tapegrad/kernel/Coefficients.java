package org.tapegrad.kernel;

/**
 * What exp, log and tanh are made of, per format: polynomials, lowest power first, interpolated at
 * Chebyshev's points in 60 digits by src/main/python/coefficients.py, and the layout of a number.
 */
final class Coefficients {
  private Coefficients() {}

  /** For float64. */
  static final class Double {
    /** P of e^r = 1 + r + r²·P(r), |r| up to log(2)/2, within 2e-18. */
    static final double[] EXP = {
      0.5,
      0.1666666666666667,
      0.04166666666666667,
      0.008333333333325973,
      0.0013888888888883633,
      0.0001984126987538548,
      2.480158732595111e-05,
      2.7557254685728803e-06,
      2.755727313289604e-07,
      2.5105513541847086e-08,
      2.0914898727175524e-09
    };

    /** P of tanh x = x + x·z·P(z), z = x² up to {@link #TANH_BOUND}², within 4e-18. */
    static final double[] TANH = {
      -0.33333333333333326,
      0.13333333333330777,
      -0.0539682539661935,
      0.0218694884705268,
      -0.008863234434842633,
      0.003592117040056635,
      -0.001455762421444606,
      0.000589705195510538,
      -0.000238112039952854,
      9.461477895487888e-05,
      -3.552376141535234e-05,
      1.1501318604877231e-05,
      -2.7182602728959967e-06,
      3.340452608148845e-07
    };

    /** P of log(1 + f) = 2s + s·z·P(z), s = f/(2 + f), z = s² up to 0.02944, within 4e-16. */
    static final double[] LOG = {
      0.666666666666667,
      0.3999999999989945,
      0.28571428626001427,
      0.22222211130560726,
      0.18182889433757515,
      0.15331711346672997,
      0.14616576421644387
    };

    static final double TANH_BOUND = 0.9;

    /** log 2 in two parts, the first so short that its product with an exponent is exact. */
    static final double LN2_HIGH = 0.693147180559663;

    static final double LN2_LOW = 2.8235290563031577e-13;
    static final double LOG2_E = 1.4426950408889634;

    /** Below and above these, exp is 0 and infinite. */
    static final double ZERO_BELOW = -746;

    static final double INFINITE_ABOVE = 710;

    /** Added and taken away again, it rounds to an integer, which stands in the sum's last bits. */
    static final double TO_INTEGER = 0x1.8p52;

    /**
     * Likewise, with twice the bias of exponents on top: its halves are exponents of powers of two.
     */
    static final double TO_EXPONENT = TO_INTEGER + 2 * java.lang.Double.MAX_EXPONENT;

    static final int FRACTION_BITS = 52;
    static final long ROOT_HALF_BITS = java.lang.Double.doubleToRawLongBits(Math.sqrt(0.5));
    static final long TO_INTEGER_BITS = java.lang.Double.doubleToRawLongBits(TO_INTEGER);
    static final long ONE_BITS = java.lang.Double.doubleToRawLongBits(1);
    static final long SIGN_BIT = Long.MIN_VALUE;
    static final double SMALLEST_NORMAL = java.lang.Double.MIN_NORMAL;
    static final double TO_NORMAL = 0x1p52;

    /**
     * So large that a product with it is at least 1 for every positive x but those with exp(-x) =
     * 1.
     */
    static final double TO_ONE = 0x1p1000;

    private Double() {}
  }

  /** For float32. */
  static final class Float {
    static final float[] EXP = {
      0.5f,
      0.1666666716337204f,
      0.041666463017463684f,
      0.00833331048488617f,
      0.0013933900045230985f,
      0.0001989126903936267f
    };

    static final float[] TANH = {
      -0.3333333134651184f,
      0.13333262503147125f,
      -0.05395388975739479f,
      0.021759409457445145f,
      -0.008450872264802456f,
      0.00275911926291883f,
      -0.000520352681633085f
    };

    static final float[] LOG = {
      0.6666666865348816f, 0.4000012278556824f, 0.2855081558227539f, 0.23330573737621307f
    };

    static final float TANH_BOUND = 0.9f;
    static final float LN2_HIGH = 0.693145751953125f;
    static final float LN2_LOW = 1.428606765330187e-06f;
    static final float LOG2_E = 1.4426950216293335f;
    static final float ZERO_BELOW = -104;
    static final float INFINITE_ABOVE = 89;
    static final float TO_INTEGER = 0x1.8p23f;
    static final float TO_EXPONENT = TO_INTEGER + 2 * java.lang.Float.MAX_EXPONENT;
    static final int FRACTION_BITS = 23;
    static final int ROOT_HALF_BITS = java.lang.Float.floatToRawIntBits((float) Math.sqrt(0.5));
    static final int TO_INTEGER_BITS = java.lang.Float.floatToRawIntBits(TO_INTEGER);
    static final int ONE_BITS = java.lang.Float.floatToRawIntBits(1);
    static final int SIGN_BIT = Integer.MIN_VALUE;
    static final float SMALLEST_NORMAL = java.lang.Float.MIN_NORMAL;
    static final float TO_NORMAL = 0x1p23f;
    static final float TO_ONE = 0x1p100f;

    private Float() {}
  }
}
