package org.tapegrad;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Prints arrays in NumPy's manner: at most 8 digits, columns aligned, long axes summarised. */
final class NdArrayFormat {
  /** Arrays with more elements than this show three at each end of every axis. */
  private static final int THRESHOLD = 1000;

  private static final int EDGE = 3;
  private static final int MAX_DIGITS = 8;

  private final double[] values;
  private final int[] shape;
  private final boolean summarised;
  private final boolean scientific;
  private final int digits;
  private final int width;
  private final boolean single;

  private NdArrayFormat(NdArray a) {
    values = a.toDoubleArray();
    shape = a.shape();
    single = a.dtype() == DType.FLOAT32;
    summarised = a.size() > THRESHOLD;
    List<Double> shown = new ArrayList<>();
    collect(0, 0, shown);
    double[] finite =
        shown.stream().mapToDouble(Math::abs).filter(v -> v > 0 && v < 1.0 / 0).toArray();
    double largest = IntStream.range(0, finite.length).mapToDouble(i -> finite[i]).max().orElse(0);
    double smallest = IntStream.range(0, finite.length).mapToDouble(i -> finite[i]).min().orElse(1);
    scientific = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000 && largest >= 1e5;
    int needed = 0;
    for (double v : finite) {
      needed = Math.max(needed, digitsOf(v));
    }
    digits = Math.min(needed, MAX_DIGITS);
    width = shown.stream().mapToInt(v -> element(v).length()).max().orElse(0);
  }

  static String format(NdArray a) {
    NdArrayFormat format = new NdArrayFormat(a);
    StringBuilder out = new StringBuilder();
    format.write(0, 0, out);
    if (a.size() == 0) {
      return out + ", shape " + Arrays.toString(a.shape());
    }
    return out.toString();
  }

  /** The decimals after the point with which the value's shortest form is written. */
  private int digitsOf(double v) {
    String text = single ? Float.toString((float) v) : Double.toString(v);
    BigDecimal exact = new BigDecimal(text).stripTrailingZeros();
    return Math.max(0, scientific ? exact.precision() - 1 : exact.scale());
  }

  private boolean hides(int axis) {
    return summarised && shape[axis] > 2 * EDGE;
  }

  private void collect(int axis, int offset, List<Double> shown) {
    if (axis == shape.length) {
      shown.add(values[offset]);
      return;
    }
    for (int i = 0; i < shape[axis]; i++) {
      if (hides(axis) && i == EDGE) {
        i = shape[axis] - EDGE;
      }
      collect(axis + 1, offset * shape[axis] + i, shown);
    }
  }

  private void write(int axis, int offset, StringBuilder out) {
    if (axis == shape.length) {
      String text = element(values[offset]);
      out.append(" ".repeat(Math.max(0, shape.length == 0 ? 0 : width - text.length())))
          .append(text);
      return;
    }
    boolean innermost = axis == shape.length - 1;
    String separator =
        innermost ? ", " : "," + "\n".repeat(shape.length - 1 - axis) + " ".repeat(axis + 1);
    out.append('[');
    for (int i = 0; i < shape[axis]; i++) {
      if (i > 0) {
        out.append(separator);
      }
      if (hides(axis) && i == EDGE) {
        out.append("...").append(separator);
        i = shape[axis] - EDGE;
      }
      write(axis + 1, offset * shape[axis] + i, out);
    }
    out.append(']');
  }

  private String element(double v) {
    if (Double.isNaN(v)) {
      return "nan";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "inf" : "-inf";
    }
    String pattern = "%." + digits + (scientific ? "e" : "f");
    String text = String.format(Locale.ROOT, pattern, v);
    if (scientific) {
      return text;
    }
    if (digits == 0) {
      return text + ".";
    }
    // NumPy writes 1.5 and 2. in the same column as "1.5" and "2. ".
    String trimmed = text.replaceAll("0+$", "");
    return trimmed + " ".repeat(shape.length == 0 ? 0 : text.length() - trimmed.length());
  }
}
