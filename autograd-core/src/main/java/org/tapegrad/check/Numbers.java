package org.tapegrad.check;

import java.util.Locale;

/** How reports write numbers, the same in every locale. */
final class Numbers {
  private Numbers() {}

  static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** All digits that a comparison may need. */
  static String exact(double x) {
    return format("%.12g", x);
  }

  static String shortest(double x) {
    return Double.isFinite(x) ? format("%.6g", x) : Double.toString(x);
  }
}
