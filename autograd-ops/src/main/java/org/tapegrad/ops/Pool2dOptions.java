package org.tapegrad.ops;

import static org.tapegrad.ops.HeightWidth.square;

import org.tapegrad.array.Shapes;

/**
 * How the windows of a pooling op lie on the image, by PyTorch's names; start with {@link
 * #kernelSize(int)}, which has no default, and change what differs: {@code
 * Pool2dOptions.kernelSize(3).withStride(2).withPadding(1)}.
 *
 * @param ceilMode whether a last window may reach beyond the padded image
 * @param countIncludePad whether an average counts the zeros of the padding
 * @param divisorOverride what an average divides its sum by, 0 for the number of pixels
 */
public record Pool2dOptions(
    HeightWidth kernelSize,
    HeightWidth stride,
    HeightWidth padding,
    HeightWidth dilation,
    boolean ceilMode,
    boolean countIncludePad,
    int divisorOverride) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if kernel size, stride or dilation is below 1, the divisor
   *     negative, or the padding negative or more than half of the kernel size
   */
  public Pool2dOptions {
    Shapes.given("pooling", "kernelSize", kernelSize);
    Shapes.given("pooling", "stride", stride);
    Shapes.given("pooling", "padding", padding);
    Shapes.given("pooling", "dilation", dilation);
    if (Math.min(kernelSize.smaller(), Math.min(stride.smaller(), dilation.smaller())) < 1) {
      throw new IllegalArgumentException(
          "pooling: kernel, stride and dilation must be >= 1, were %s, %s, %s"
              .formatted(kernelSize.pair(), stride.pair(), dilation.pair()));
    }
    if (padding.smaller() < 0
        || padding.height() > kernelSize.height() / 2
        || padding.width() > kernelSize.width() / 2) {
      throw new IllegalArgumentException(
          "pooling: padding must be >= 0 and at most half of the kernel %s, was %s"
              .formatted(kernelSize.pair(), padding.pair()));
    }
    if (divisorOverride < 0) {
      throw new IllegalArgumentException(
          "pooling: divisorOverride must be >= 0, was " + divisorOverride);
    }
  }

  /** Square windows side by side. */
  public static Pool2dOptions kernelSize(int both) {
    return kernelSize(both, both);
  }

  /** Windows side by side. */
  public static Pool2dOptions kernelSize(int height, int width) {
    HeightWidth size = new HeightWidth(height, width);
    return new Pool2dOptions(size, size, square(0), square(1), false, true, 0);
  }

  /** With this stride along both axes. */
  public Pool2dOptions withStride(int both) {
    return withStride(both, both);
  }

  /** With these strides. */
  public Pool2dOptions withStride(int height, int width) {
    return new Pool2dOptions(
        kernelSize,
        new HeightWidth(height, width),
        padding,
        dilation,
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** With this padding on all sides. */
  public Pool2dOptions withPadding(int allSides) {
    return withPadding(allSides, allSides);
  }

  /** With these paddings, above and below as well as left and right. */
  public Pool2dOptions withPadding(int height, int width) {
    return new Pool2dOptions(
        kernelSize,
        stride,
        new HeightWidth(height, width),
        dilation,
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** With this distance between the pixels of a window. */
  public Pool2dOptions withDilation(int both) {
    return withDilation(both, both);
  }

  /** With these distances between the pixels of a window. */
  public Pool2dOptions withDilation(int height, int width) {
    return new Pool2dOptions(
        kernelSize,
        stride,
        padding,
        new HeightWidth(height, width),
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** With or without a last window that reaches beyond the padded image. */
  public Pool2dOptions withCeilMode(boolean ceil) {
    return new Pool2dOptions(
        kernelSize, stride, padding, dilation, ceil, countIncludePad, divisorOverride);
  }

  /** With or without the padding's zeros in the average. */
  public Pool2dOptions withCountIncludePad(boolean count) {
    return new Pool2dOptions(
        kernelSize, stride, padding, dilation, ceilMode, count, divisorOverride);
  }

  /** With averages that divide their sum by this number; 0 for the number of pixels. */
  public Pool2dOptions withDivisorOverride(int divisor) {
    return new Pool2dOptions(
        kernelSize, stride, padding, dilation, ceilMode, countIncludePad, divisor);
  }

  /** The kernel size and what differs from its default: {@code kernelSize 3, stride 2}. */
  @Override
  public String toString() {
    return new Arguments()
        .add("kernelSize", kernelSize, null)
        .add("stride", stride, kernelSize)
        .add("padding", padding, square(0))
        .add("dilation", dilation, square(1))
        .add("ceilMode", ceilMode, false)
        .add("countIncludePad", countIncludePad, true)
        .add("divisorOverride", divisorOverride, 0)
        .toString();
  }
}
