package org.tapegrad.check;

import java.nio.charset.Charset;
import java.util.Locale;

/** How reports write numbers, the same in every locale. */
final class Numbers {
  private static final String SIGN = "\u00b1";

  private Numbers() {}

  static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** All digits that a comparison may need. */
  static String exact(double x) {
    return format("%.12g", x);
  }

  /** Two digits at most: {@code 1e-6}, {@code 2.5e-1}. */
  static String power(double x) {
    return format("%.1e", x).replace(".0e", "e").replaceFirst("e([+-])0", "e$1").replace("e+", "e");
  }

  /** The sign between a number and its error, in letters where the console has no such sign. */
  static String plusMinus() {
    String console =
        System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    Charset charset;
    try {
      charset = Charset.forName(console);
    } catch (IllegalArgumentException unknown) {
      charset = Charset.defaultCharset();
    }
    return charset.newEncoder().canEncode(SIGN) ? SIGN : "+/-";
  }

  static String shortest(double x) {
    return Double.isFinite(x) ? format("%.6g", x) : Double.toString(x);
  }
}
