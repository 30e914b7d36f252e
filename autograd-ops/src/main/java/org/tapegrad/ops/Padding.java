package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Taps;

/**
 * Borders around the images of x[N, C, H, W] or x[C, H, W], in PyTorch's order left, right, top,
 * bottom. Negative padding crops.
 */
public final class Padding {
  private Padding() {}

  /** What a border consists of: the pixel shown at place i of [.., n) for an i outside of it. */
  private enum Border {
    ZERO("zeroPad2d") {
      @Override
      int source(long i, int n) {
        return i < 0 || i >= n ? -1 : (int) i;
      }
    },
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
    };

    private final String op;

    Border(String op) {
      this.op = op;
    }

    abstract int source(long i, int n);
  }

  /** {@link #zeroPad2d(Tensor, int, int, int, int)} with the same padding on all sides. */
  public static Tensor zeroPad2d(Tensor x, int padding) {
    return zeroPad2d(x, padding, padding, padding, padding);
  }

  /** A border of zeros. */
  public static Tensor zeroPad2d(Tensor x, int left, int right, int top, int bottom) {
    return pad(Border.ZERO, x, left, right, top, bottom);
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
    String arguments = "left " + left + ", right " + right + ", top " + top + ", bottom " + bottom;
    return SeparableMaps.apply(border.op, arguments, x, rows, columns);
  }

  private static Taps taps(
      Border border, Tensor x, int axis, int before, int after, String first, String last) {
    int n = x.size(axis);
    if (border == Border.REFLECTION && Math.max(before, after) >= n) {
      throw new ShapeException(
          "%s: padding %s = %d, %s = %d must be smaller than %s = %d, was %s"
              .formatted(
                  border.op,
                  first,
                  before,
                  last,
                  after,
                  axis == -1 ? "W" : "H",
                  n,
                  x.value().describe()));
    }
    long size = (long) n + before + after;
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new ShapeException(
          "%s: padding %s = %d, %s = %d makes an extent of %d of %s = %d"
              .formatted(border.op, first, before, last, after, size, axis == -1 ? "W" : "H", n));
    }
    return Taps.selecting(n, (int) size, i -> border.source((long) i - before, n));
  }
}
