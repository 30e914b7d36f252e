package org.tapegrad.array;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import org.tapegrad.kernel.Memory;

/**
 * Prints arrays as NumPy's {@code array2string(a, separator=", ")} does: as few digits as tell the
 * numbers apart, at most 8 after the point, columns aligned, lines of 75 characters, long axes
 * summarised.
 */
final class NdArrayFormat {
  /** Arrays with more elements than this show three at each end of every axis. */
  private static final int THRESHOLD = 1000;

  private static final int EDGE = 3;
  private static final int PRECISION = 8;
  private static final int LINE = 75;
  private static final String HIDDEN = "...";

  private final Memory<Object> memory;
  private final Object data;
  private final int[] shape;
  private final boolean summarised;
  private final boolean single;
  private final boolean scientific;

  /** Digits after the point of scientific numbers, and of their exponent. */
  private int fraction;

  private int exponent = 2;

  /** Characters before and after the point. */
  private int left;

  private int right;

  private NdArrayFormat(DType dtype, int[] shape, Object data) {
    this.memory = dtype.kernels().memory();
    this.data = data;
    this.shape = shape;
    single = dtype == DType.FLOAT32;
    summarised = Shapes.size(shape) > THRESHOLD;
    List<Double> shown = new ArrayList<>();
    collect(0, 0, shown);
    scientific = isScientific(shown);
    for (double v : shown) {
      if (Double.isFinite(v)) {
        measure(v);
      }
    }
    if (scientific) {
      right = fraction + 2 + exponent;
    }
    for (double v : shown) {
      if (!Double.isFinite(v)) {
        left = Math.max(left, word(v).length() - right - 1);
      }
    }
  }

  static String format(DType dtype, int[] shape, Object data) {
    if (Shapes.size(shape) == 0) {
      return "[], shape " + Arrays.toString(shape);
    }
    NdArrayFormat format = new NdArrayFormat(dtype, shape, data);
    return shape.length == 0 ? format.element(0) : format.write(0, 0);
  }

  private double at(int offset) {
    return memory.get(data, offset);
  }

  private boolean hides(int axis) {
    return summarised && shape[axis] > 2 * EDGE;
  }

  private void collect(int axis, int offset, List<Double> shown) {
    if (axis == shape.length) {
      shown.add(at(offset));
      return;
    }
    for (int i = 0; i < shape[axis]; i++) {
      if (hides(axis) && i == EDGE) {
        i = shape[axis] - EDGE;
      }
      collect(axis + 1, offset * shape[axis] + i, shown);
    }
  }

  private boolean isScientific(List<Double> shown) {
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (double v : shown) {
      double size = Math.abs(v);
      if (size > 0 && Double.isFinite(size)) {
        largest = Math.max(largest, size);
        smallest = Math.min(smallest, size);
      }
    }
    double small = single ? (float) 1e-4 : 1e-4;
    double ratio = single ? (float) (largest / smallest) : largest / smallest;
    return largest >= 1e8 || smallest < small || ratio > 1000;
  }

  private void measure(double v) {
    String text = digits(v);
    int point = text.indexOf('.');
    left = Math.max(left, point);
    int e = text.indexOf('e');
    if (e < 0) {
      right = Math.max(right, text.length() - point - 1);
    } else {
      fraction = Math.max(fraction, e - point - 1);
      exponent = Math.max(exponent, text.length() - e - 2);
    }
  }

  /** The fewest digits that are read back as the same number, at most 8 after the point. */
  private String digits(double v) {
    BigDecimal exact = new BigDecimal(Math.abs(v));
    DoublePredicate isSame = d -> (single ? (double) (float) d : d) == Math.abs(v);
    BigDecimal rounded = exact;
    for (int n = 0; n <= PRECISION; n++) {
      rounded =
          scientific
              ? exact.round(new MathContext(n + 1, RoundingMode.HALF_EVEN))
              : exact.setScale(n, RoundingMode.HALF_EVEN);
      if (isSame.test(single ? rounded.floatValue() : rounded.doubleValue())) {
        break;
      }
    }
    BigDecimal shortest = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    if (scientific) {
      return scientific(v, shortest, shortest.precision() - 1);
    }
    String text = shortest.toPlainString();
    return sign(v) + (text.contains(".") ? text : text + ".");
  }

  private static String sign(double v) {
    return Double.doubleToRawLongBits(v) < 0 ? "-" : "";
  }

  /** A value that is near v, with so many digits after the point. */
  private String scientific(double v, BigDecimal value, int digits) {
    String all =
        value.setScale(value.scale() - value.precision() + 1 + digits).unscaledValue().toString();
    int power = value.signum() == 0 ? 0 : value.precision() - 1 - value.scale();
    String e = String.valueOf(Math.abs(power));
    return sign(v)
        + all.charAt(0)
        + "."
        + (value.signum() == 0 ? "0".repeat(digits) : all.substring(1))
        + (power < 0 ? "e-" : "e+")
        + "0".repeat(Math.max(0, exponent - e.length()))
        + e;
  }

  private String word(double v) {
    return Double.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";
  }

  /** One number in its column. */
  private String element(int offset) {
    double v = at(offset);
    if (!Double.isFinite(v)) {
      String text = word(v);
      return " ".repeat(Math.max(0, left + 1 + right - text.length())) + text;
    }
    String text = digits(v);
    if (scientific) {
      BigDecimal exact = new BigDecimal(Math.abs(v));
      MathContext rounding = new MathContext(fraction + 1, RoundingMode.HALF_EVEN);
      text = scientific(v, exact.round(rounding), fraction);
    }
    int point = text.indexOf('.');
    return " ".repeat(left - point) + text + " ".repeat(right - (text.length() - point - 1));
  }

  private String write(int axis, int offset) {
    String indent = " ".repeat(axis + 1);
    return axis == shape.length - 1
        ? writeRow(offset, indent, LINE - axis - 1)
        : writeBlock(axis, offset, indent);
  }

  private String writeBlock(int axis, int offset, String indent) {
    String separator = "," + "\n".repeat(shape.length - 1 - axis) + indent;
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < shape[axis]; i++) {
      out.append(i > 0 ? separator : "");
      if (hides(axis) && i == EDGE) {
        out.append(HIDDEN).append(separator);
        i = shape[axis] - EDGE;
      }
      out.append(write(axis + 1, offset * shape[axis] + i));
    }
    return out.append(']').toString();
  }

  /** The innermost axis, broken into lines that leave room for the comma or bracket behind. */
  private String writeRow(int offset, String indent, int width) {
    int axis = shape.length - 1;
    StringBuilder out = new StringBuilder("[");
    int column = indent.length();
    for (int i = 0; i < shape[axis]; i++) {
      boolean hidden = hides(axis) && i == EDGE;
      String text = hidden ? HIDDEN : element(offset * shape[axis] + i);
      if (i > 0) {
        out.append(',');
        column += 2;
        if (column + text.length() > width && column > indent.length()) {
          out.append('\n').append(indent);
          column = indent.length();
        } else {
          out.append(' ');
        }
      }
      out.append(text);
      column += text.length();
      if (hidden) {
        i = shape[axis] - EDGE - 1;
      }
    }
    return out.append(']').toString();
  }
}
