package org.tapegrad.ops;

import java.util.function.IntFunction;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Taps;

/**
 * Images of x[N, C, H, W] or x[C, H, W] in another size, by PyTorch's {@code interpolate}. Source
 * places are computed with whole numbers, so none is off by a rounding error, but for a scale
 * factor that makes no whole number of pixels: the size is rounded down, and the factor stays. The
 * mode "area" is {@link Pooling#adaptiveAvgPool2d}.
 *
 * <p>Rows and columns are resized one after the other and one without the other, so signals and
 * volumes need no operations of their own: x[N, C, L] is {@code x.reshape(n, c, 1, l)} in the size
 * [1, length], and x[N, C, D, H, W] is {@code x.reshape(n, c, d, h * w)} in the size [depth, h·w],
 * then {@code reshape(n, c * depth, h, w)} in the size [height, width].
 */
public final class Upsampling {
  /** Keys' constant of the cubic, as in PyTorch. */
  private static final double CUBIC = -0.75;

  private Upsampling() {}

  /** In the size [floor(scaleFactor·H), floor(scaleFactor·W)], each pixel being a copy of one. */
  public static Tensor upsampleNearest(Tensor x, double scaleFactor) {
    HeightWidth size = scaled("upsampleNearest", x, scaleFactor);
    return SeparableMaps.apply(
        "upsampleNearest",
        arguments(x, size, scaleFactor, false),
        x,
        nearest(x.size(-2), size.height(), scaleFactor),
        nearest(x.size(-1), size.width(), scaleFactor));
  }

  /** In the size [height, width], pixel (i, j) is that at (floor(i·H/height), floor(j·W/width)). */
  public static Tensor upsampleNearest(Tensor x, int height, int width) {
    HeightWidth size = size("upsampleNearest", x, height, width);
    return SeparableMaps.apply(
        "upsampleNearest",
        size.pair(),
        x,
        nearest(x.size(-2), height, 0),
        nearest(x.size(-1), width, 0));
  }

  /** {@link #upsampleBilinear(Tensor, double, boolean)} without aligned corners. */
  public static Tensor upsampleBilinear(Tensor x, double scaleFactor) {
    return upsampleBilinear(x, scaleFactor, false);
  }

  /** {@link #upsampleBilinear(Tensor, int, int, boolean)} by a factor along both axes. */
  public static Tensor upsampleBilinear(Tensor x, double scaleFactor, boolean alignCorners) {
    HeightWidth size = scaled("upsampleBilinear", x, scaleFactor);
    return interpolated("upsampleBilinear", Upsampling::linear, x, size, scaleFactor, alignCorners);
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
    return interpolated("upsampleBilinear", Upsampling::linear, x, size, 0, alignCorners);
  }

  /** {@link #upsampleBicubic(Tensor, int, int, boolean)} by a factor along both axes. */
  public static Tensor upsampleBicubic(Tensor x, double scaleFactor, boolean alignCorners) {
    HeightWidth size = scaled("upsampleBicubic", x, scaleFactor);
    return interpolated("upsampleBicubic", Upsampling::cubic, x, size, scaleFactor, alignCorners);
  }

  /**
   * In the size [height, width], interpolated by cubic convolution of four pixels along each axis
   * (Keys 1981, with a = -0.75), the outermost ones being repeated beyond the border.
   *
   * @param alignCorners as of {@link #upsampleBilinear(Tensor, int, int, boolean)}
   */
  public static Tensor upsampleBicubic(Tensor x, int height, int width, boolean alignCorners) {
    HeightWidth size = size("upsampleBicubic", x, height, width);
    return interpolated("upsampleBicubic", Upsampling::cubic, x, size, 0, alignCorners);
  }

  /** A place between two pixels, a fraction in [0, 1) after the lower one, which may be -1. */
  private record Place(int lower, double fraction) {}

  /** The taps of n pixels that make one at a place. */
  private interface Kernel {
    void add(int n, Place place, Taps.Sink taps);
  }

  private static Tensor interpolated(
      String op, Kernel kernel, Tensor x, HeightWidth size, double factor, boolean alignCorners) {
    return SeparableMaps.apply(
        op,
        arguments(x, size, factor, alignCorners),
        x,
        taps(kernel, x.size(-2), size.height(), factor, alignCorners),
        taps(kernel, x.size(-1), size.width(), factor, alignCorners));
  }

  private static String arguments(Tensor x, HeightWidth size, double factor, boolean align) {
    boolean fractional =
        isFractional(x.size(-2), size.height(), factor)
            || isFractional(x.size(-1), size.width(), factor);
    return size.pair()
        + (align
            ? ", alignCorners true"
            : fractional ? ", scaleFactor " + Shapes.number(factor) : "");
  }

  private static Taps taps(Kernel kernel, int n, int size, double factor, boolean alignCorners) {
    IntFunction<Place> places = places(n, size, factor, alignCorners);
    return Taps.of(n, size, (i, taps) -> kernel.add(n, places.apply(i), taps));
  }

  /** Where in the input results lie. */
  private static IntFunction<Place> places(int n, int size, double factor, boolean alignCorners) {
    if (!alignCorners && isFractional(n, size, factor)) {
      return i -> {
        double at = (i + 0.5) / factor - 0.5;
        return new Place((int) Math.floor(at), at - Math.floor(at));
      };
    }
    long denominator = alignCorners ? Math.max(size - 1, 1) : 2L * size;
    return i -> {
      long numerator = alignCorners ? size == 1 ? 0 : (long) i * (n - 1) : (2L * i + 1) * n - size;
      return new Place(
          (int) Math.floorDiv(numerator, denominator),
          (double) Math.floorMod(numerator, denominator) / denominator);
    };
  }

  /** Whether the size is a factor, which is 0 if none was given, rounded down. */
  private static boolean isFractional(int n, int size, double factor) {
    return factor != 0 && factor * n != size;
  }

  private static void linear(int n, Place place, Taps.Sink taps) {
    int lower = place.lower;
    if (lower < 0 || lower >= n - 1) {
      taps.add(lower < 0 ? 0 : n - 1, 1);
    } else {
      taps.add(lower, 1 - place.fraction);
      taps.add(lower + 1, place.fraction);
    }
  }

  private static void cubic(int n, Place place, Taps.Sink taps) {
    double weight = 0;
    for (int k = -1; k <= 2; k++) {
      int at = Math.max(0, Math.min(place.lower + k, n - 1));
      weight += cubic(Math.abs(place.fraction - k));
      if (k == 2 || at != Math.max(0, Math.min(place.lower + k + 1, n - 1))) {
        taps.add(at, weight);
        weight = 0;
      }
    }
  }

  /** The weight of a pixel at a distance from [0, 2]. */
  private static double cubic(double d) {
    return d <= 1
        ? ((CUBIC + 2) * d - (CUBIC + 3)) * d * d + 1
        : CUBIC * (((d - 5) * d + 8) * d - 4);
  }

  private static Taps nearest(int n, int size, double factor) {
    return isFractional(n, size, factor)
        ? Taps.selecting(n, size, i -> (int) Math.min(i / factor, n - 1))
        : Taps.selecting(n, size, i -> (int) ((long) i * n / size));
  }

  private static HeightWidth scaled(String op, Tensor x, double scaleFactor) {
    Checks.imageWithPixels(op, x);
    Checks.positive(op, "scaleFactor", scaleFactor);
    double height = Math.floor(x.size(-2) * scaleFactor);
    double width = Math.floor(x.size(-1) * scaleFactor);
    if (Math.max(height, width) > Integer.MAX_VALUE) {
      throw new ShapeException("%s: %.0fx%.0f pixels are too many".formatted(op, height, width));
    }
    if (Math.min(height, width) < 1) {
      throw new ShapeException(
          op + ": scaleFactor " + scaleFactor + " leaves no pixel of " + x.value().describe());
    }
    SeparableMaps.resultShape(op, x, (long) height, (long) width);
    return new HeightWidth((int) height, (int) width);
  }

  static HeightWidth size(String op, Tensor x, int height, int width) {
    Checks.imageWithPixels(op, x);
    HeightWidth size = new HeightWidth(height, width);
    if (size.smaller() < 1) {
      throw new IllegalArgumentException(op + ": the size must be >= 1, was " + size.pair());
    }
    SeparableMaps.resultShape(op, x, height, width);
    return size;
  }
}
