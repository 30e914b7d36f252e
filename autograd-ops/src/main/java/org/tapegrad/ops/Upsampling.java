package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Taps;

/**
 * Images of x[N, C, H, W] or x[C, H, W] in another size, by PyTorch's {@code interpolate}. Source
 * places are computed with whole numbers, so none is off by a rounding error.
 */
public final class Upsampling {
  private Upsampling() {}

  /** Every pixel repeated {@code scaleFactor} times along both axes. */
  public static Tensor upsampleNearest(Tensor x, int scaleFactor) {
    HeightWidth size = scaled("upsampleNearest", x, scaleFactor);
    return upsampleNearest(x, size.height(), size.width());
  }

  /** In the size [height, width], pixel (i, j) is that at (floor(i·H/height), floor(j·W/width)). */
  public static Tensor upsampleNearest(Tensor x, int height, int width) {
    HeightWidth size = size("upsampleNearest", x, height, width);
    return SeparableMaps.apply(
        "upsampleNearest", size.pair(), x, nearest(x.size(-2), height), nearest(x.size(-1), width));
  }

  /** {@link #upsampleBilinear(Tensor, int, boolean)} without aligned corners. */
  public static Tensor upsampleBilinear(Tensor x, int scaleFactor) {
    return upsampleBilinear(x, scaleFactor, false);
  }

  /** {@link #upsampleBilinear(Tensor, int, int, boolean)} by a factor along both axes. */
  public static Tensor upsampleBilinear(Tensor x, int scaleFactor, boolean alignCorners) {
    HeightWidth size = scaled("upsampleBilinear", x, scaleFactor);
    return upsampleBilinear(x, size.height(), size.width(), alignCorners);
  }

  /** {@link #upsampleBilinear(Tensor, int, int, boolean)} without aligned corners. */
  public static Tensor upsampleBilinear(Tensor x, int height, int width) {
    return upsampleBilinear(x, height, width, false);
  }

  /**
   * In the size [height, width], interpolated linearly between neighbouring pixels.
   *
   * @param alignCorners whether the centres of the corner pixels stay in place, instead of the
   *     borders of the image
   */
  public static Tensor upsampleBilinear(Tensor x, int height, int width, boolean alignCorners) {
    HeightWidth size = size("upsampleBilinear", x, height, width);
    return SeparableMaps.apply(
        "upsampleBilinear",
        size.pair() + (alignCorners ? ", alignCorners true" : ""),
        x,
        bilinear(x.size(-2), height, alignCorners),
        bilinear(x.size(-1), width, alignCorners));
  }

  private static Taps nearest(int n, int size) {
    return Taps.selecting(n, size, i -> (int) ((long) i * n / size));
  }

  /** Result i lies at numerator/denominator of the input, between two pixels. */
  private static Taps bilinear(int n, int size, boolean alignCorners) {
    long denominator = alignCorners ? Math.max(size - 1, 1) : 2L * size;
    return Taps.of(
        n,
        size,
        (i, taps) -> {
          long numerator =
              alignCorners
                  ? size == 1 ? 0 : (long) i * (n - 1)
                  : Math.max(0, (2L * i + 1) * n - size);
          int lower = (int) Math.min(numerator / denominator, n - 1);
          double fraction = (double) (numerator % denominator) / denominator;
          if (lower == n - 1) {
            taps.add(lower, 1);
          } else {
            taps.add(lower, 1 - fraction);
            taps.add(lower + 1, fraction);
          }
        });
  }

  private static HeightWidth scaled(String op, Tensor x, int scaleFactor) {
    Checks.imageWithPixels(op, x);
    if (scaleFactor < 1) {
      throw new IllegalArgumentException(op + ": scaleFactor must be >= 1, was " + scaleFactor);
    }
    long height = (long) x.size(-2) * scaleFactor;
    long width = (long) x.size(-1) * scaleFactor;
    if (Math.max(height, width) > Integer.MAX_VALUE) {
      throw new ShapeException(op + ": " + height + "x" + width + " pixels are too many");
    }
    return new HeightWidth((int) height, (int) width);
  }

  private static HeightWidth size(String op, Tensor x, int height, int width) {
    Checks.imageWithPixels(op, x);
    HeightWidth size = new HeightWidth(height, width);
    if (size.smaller() < 1) {
      throw new IllegalArgumentException(op + ": the size must be >= 1, was " + size.pair());
    }
    SeparableMaps.resultShape(op, x, height, width);
    return size;
  }
}
