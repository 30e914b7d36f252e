package org.tapegrad.ops;

import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Windows;

/**
 * How the windows of a pooling op lie on the image, by PyTorch's names; start with {@link #kernel}
 * and change what differs: {@code Pool2dOptions.kernel(3).withStride(2).withPadding(1)}.
 *
 * @param ceilMode whether a last window may reach beyond the padded image
 * @param countIncludePad whether an average counts the zeros of the padding
 */
public record Pool2dOptions(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    boolean ceilMode,
    boolean countIncludePad) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if kernel, stride or dilation is below 1, or the padding is
   *     negative or more than half of the kernel
   */
  public Pool2dOptions {
    int smallest =
        Math.min(
            Math.min(Math.min(kernelHeight, kernelWidth), Math.min(strideHeight, strideWidth)),
            Math.min(dilationHeight, dilationWidth));
    if (smallest < 1) {
      throw new IllegalArgumentException(
          "pooling: kernel, stride and dilation must be >= 1, were [%d, %d], [%d, %d], [%d, %d]"
              .formatted(
                  kernelHeight,
                  kernelWidth,
                  strideHeight,
                  strideWidth,
                  dilationHeight,
                  dilationWidth));
    }
    if (Math.min(paddingHeight, paddingWidth) < 0
        || paddingHeight > kernelHeight / 2
        || paddingWidth > kernelWidth / 2) {
      throw new IllegalArgumentException(
          "pooling: padding must be >= 0 and at most half of the kernel [%d, %d], was [%d, %d]"
              .formatted(kernelHeight, kernelWidth, paddingHeight, paddingWidth));
    }
  }

  /** Square windows side by side. */
  public static Pool2dOptions kernel(int size) {
    return kernel(size, size);
  }

  /** Windows side by side. */
  public static Pool2dOptions kernel(int height, int width) {
    return new Pool2dOptions(height, width, height, width, 0, 0, 1, 1, false, true);
  }

  /** With this stride along both axes. */
  public Pool2dOptions withStride(int stride) {
    return withStride(stride, stride);
  }

  /** With these strides. */
  public Pool2dOptions withStride(int height, int width) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        height,
        width,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        ceilMode,
        countIncludePad);
  }

  /** With this padding on all sides. */
  public Pool2dOptions withPadding(int padding) {
    return withPadding(padding, padding);
  }

  /** With these paddings, above and below as well as left and right. */
  public Pool2dOptions withPadding(int height, int width) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        height,
        width,
        dilationHeight,
        dilationWidth,
        ceilMode,
        countIncludePad);
  }

  /** With this distance between the pixels of a window. */
  public Pool2dOptions withDilation(int dilation) {
    return withDilation(dilation, dilation);
  }

  /** With these distances between the pixels of a window. */
  public Pool2dOptions withDilation(int height, int width) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        height,
        width,
        ceilMode,
        countIncludePad);
  }

  /** With or without a last window that reaches beyond the padded image. */
  public Pool2dOptions withCeilMode(boolean ceil) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        ceil,
        countIncludePad);
  }

  /** With or without the padding's zeros in the average. */
  public Pool2dOptions withCountIncludePad(boolean count) {
    return new Pool2dOptions(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        ceilMode,
        count);
  }

  /** The windows on an image. */
  Windows on(String op, int height, int width) {
    return new Windows(
        height,
        width,
        outSize(op, "H", height, kernelHeight, strideHeight, paddingHeight, dilationHeight),
        outSize(op, "W", width, kernelWidth, strideWidth, paddingWidth, dilationWidth),
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth);
  }

  private int outSize(
      String op, String axis, int in, int kernel, int stride, int padding, int dilation) {
    long free = (long) in + 2L * padding - (long) dilation * (kernel - 1) - 1;
    int last = (int) (ceilMode ? -Math.floorDiv(-free, stride) : Math.floorDiv(free, stride));
    if (ceilMode && (long) last * stride >= (long) in + padding) {
      last--;
    }
    if (free < 0 && !(ceilMode && last >= 0)) {
      throw new ShapeException(
          "%s: a window of %d pixels with dilation %d does not fit into %s = %d with padding %d"
              .formatted(op, kernel, dilation, axis, in, padding));
    }
    for (int i = 0; i <= last; i++) {
      int first = i * stride - padding;
      int end = Math.min(first + (kernel - 1) * dilation + 1, in);
      if ((first >= 0 ? first : Math.floorMod(first, dilation)) >= end) {
        throw new ShapeException(
            "%s: window %d along %s = %d has no pixel of the image, but padding only"
                .formatted(op, i, axis, in));
      }
    }
    return last + 1;
  }
}
