package org.tapegrad;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tapegrad.array.NdArray;

/** Numbers within a sentence: four digits, and of many the range. */
final class Numbers {
  /** More than these are summarised. */
  private static final int SHOWN = 4;

  private Numbers() {}

  /** {@code 1, 0.5, -2}, or {@code 65536 numbers from -1.25 to 3}. */
  static String of(NdArray array) {
    double[] values = array.toDoubleArray();
    if (values.length <= SHOWN) {
      return Arrays.stream(values).mapToObj(Numbers::of).collect(Collectors.joining(", "));
    }
    String least = of(Arrays.stream(values).min().getAsDouble());
    String most = of(Arrays.stream(values).max().getAsDouble());
    return least.equals(most)
        ? values.length + " times " + least
        : values.length + " numbers from " + least + " to " + most;
  }

  static String of(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    double size = Math.abs(value);
    return size >= 1e-3 && size < 1e7
        ? rounded.toPlainString()
        : rounded.toString().toLowerCase(Locale.ROOT).replace("+", "");
  }
}
