package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Taps;

/**
 * Borders around the images of x[N, C, H, W] or x[C, H, W], in PyTorch's order left, right, top,
 * bottom. Negative padding crops.
 */
public final class Padding {
  private Padding() {}

  /** What a border consists of: the pixel shown at place i of [.., n) for an i outside of it. */
  private enum Border {
    ZERO("zeroPad2d"),
    CONSTANT("constantPad2d"),
    REPLICATION("replicationPad2d") {
      @Override
      int source(long i, int n) {
        return (int) Math.max(0, Math.min(i, n - 1));
      }
    },
    REFLECTION("reflectionPad2d") {
      @Override
      int source(long i, int n) {
        return (int) (i < 0 ? -i : i >= n ? 2L * (n - 1) - i : i);
      }
    },
    CIRCULAR("circularPad2d") {
      @Override
      int source(long i, int n) {
        return (int) Math.floorMod(i, (long) n);
      }
    };

    private final String op;

    Border(String op) {
      this.op = op;
    }

    /** The largest padding of n pixels: a mirrored or repeated image shows each pixel once. */
    int most(int n) {
      return this == REFLECTION ? n - 1 : this == CIRCULAR ? n : Integer.MAX_VALUE;
    }

    /** The place to copy from, negative for none. */
    int source(long i, int n) {
      return i < 0 || i >= n ? -1 : (int) i;
    }
  }

  /** {@link #zeroPad2d(Tensor, int, int, int, int)} with the same padding on all sides. */
  public static Tensor zeroPad2d(Tensor x, int padding) {
    return zeroPad2d(x, padding, padding, padding, padding);
  }

  /** A border of zeros. */
  public static Tensor zeroPad2d(Tensor x, int left, int right, int top, int bottom) {
    return pad(Border.ZERO, x, left, right, top, bottom);
  }

  /** {@link #constantPad2d(Tensor, int, int, int, int, double)} with equal padding on all sides. */
  public static Tensor constantPad2d(Tensor x, int padding, double value) {
    return constantPad2d(x, padding, padding, padding, padding, value);
  }

  /** A border of one value, which may be infinite or NaN. */
  public static Tensor constantPad2d(
      Tensor x, int left, int right, int top, int bottom, double value) {
    Checks.imageWithPixels("constantPad2d", x);
    NdArray zeros = pad(Border.CONSTANT, x.detach(), left, right, top, bottom).value();
    Tensor ones = x.tape().constant(NdArray.ones(x.dtype(), 1, x.size(-2), x.size(-1)));
    NdArray inside = pad(Border.CONSTANT, ones, left, right, top, bottom).value();
    NdArray border = inside.map(v -> v == 0 ? value : 0); // 0 times an infinite value is NaN
    return Tape.record(
        "constantPad2d",
        arguments(left, right, top, bottom) + ", value " + Shapes.number(value),
        zeros.plus(border),
        wrt(x, (y, g) -> pad(Border.ZERO, g, -left, -right, -top, -bottom)));
  }

  /** {@link #circularPad2d(Tensor, int, int, int, int)} with the same padding on all sides. */
  public static Tensor circularPad2d(Tensor x, int padding) {
    return circularPad2d(x, padding, padding, padding, padding);
  }

  /**
   * A border that shows the pixels of the opposite side, as if the image were repeated.
   *
   * @throws ShapeException if a padding is larger than the height or width that it is added to
   */
  public static Tensor circularPad2d(Tensor x, int left, int right, int top, int bottom) {
    return pad(Border.CIRCULAR, x, left, right, top, bottom);
  }

  /** {@link #replicationPad2d(Tensor, int, int, int, int)} with the same padding on all sides. */
  public static Tensor replicationPad2d(Tensor x, int padding) {
    return replicationPad2d(x, padding, padding, padding, padding);
  }

  /** A border that repeats the outermost pixels. */
  public static Tensor replicationPad2d(Tensor x, int left, int right, int top, int bottom) {
    return pad(Border.REPLICATION, x, left, right, top, bottom);
  }

  /** {@link #reflectionPad2d(Tensor, int, int, int, int)} with the same padding on all sides. */
  public static Tensor reflectionPad2d(Tensor x, int padding) {
    return reflectionPad2d(x, padding, padding, padding, padding);
  }

  /**
   * A border that mirrors the image about its outermost pixels, which are not repeated.
   *
   * @throws ShapeException if a padding is not smaller than the height or width that it is added to
   */
  public static Tensor reflectionPad2d(Tensor x, int left, int right, int top, int bottom) {
    return pad(Border.REFLECTION, x, left, right, top, bottom);
  }

  private static Tensor pad(Border border, Tensor x, int left, int right, int top, int bottom) {
    Checks.imageWithPixels(border.op, x);
    long height = (long) x.size(-2) + top + bottom;
    long width = (long) x.size(-1) + left + right;
    SeparableMaps.resultShape(border.op, x, Math.max(height, 1), Math.max(width, 1));
    Taps rows = taps(border, x, -2, top, bottom, "top", "bottom");
    Taps columns = taps(border, x, -1, left, right, "left", "right");
    return SeparableMaps.apply(border.op, arguments(left, right, top, bottom), x, rows, columns);
  }

  private static String arguments(int left, int right, int top, int bottom) {
    return "left " + left + ", right " + right + ", top " + top + ", bottom " + bottom;
  }

  private static Taps taps(
      Border border, Tensor x, int axis, int before, int after, String first, String last) {
    int n = x.size(axis);
    int most = border.most(n);
    if (Math.max(before, after) > most) {
      throw new ShapeException(
          "%s: padding %s = %d, %s = %d must be %s %s = %d, was %s"
              .formatted(
                  border.op,
                  first,
                  before,
                  last,
                  after,
                  most < n ? "smaller than" : "at most",
                  axis == -1 ? "W" : "H",
                  n,
                  x.value().describe()));
    }
    long size = (long) n + before + after;
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new ShapeException(
          "%s: padding %s = %d, %s = %d makes a size of %d of %s = %d"
              .formatted(border.op, first, before, last, after, size, axis == -1 ? "W" : "H", n));
    }
    return Taps.selecting(n, (int) size, i -> border.source((long) i - before, n));
  }
}
