package org.tapegrad.ops;

/**
 * How a kernel moves over an image, by PyTorch's names; start with {@link #DEFAULT} and change what
 * differs: {@code Conv2dOptions.DEFAULT.withStride(2).withPadding(1)}.
 *
 * @param outputPaddingHeight rows added to one side of the result, of transposed convolution only
 */
public record Conv2dOptions(
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int outputPaddingHeight,
    int outputPaddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** Stride 1, no padding, dilation 1, one group. */
  public static final Conv2dOptions DEFAULT = new Conv2dOptions(1, 1, 0, 0, 0, 0, 1, 1, 1);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if stride, dilation or groups is below 1, or a padding
   *     negative
   */
  public Conv2dOptions {
    if (Math.min(strideHeight, strideWidth) < 1) {
      throw refused("stride must be >= 1", strideHeight, strideWidth);
    }
    if (Math.min(paddingHeight, paddingWidth) < 0) {
      throw refused("padding must be >= 0", paddingHeight, paddingWidth);
    }
    if (Math.min(outputPaddingHeight, outputPaddingWidth) < 0) {
      throw refused("output_padding must be >= 0", outputPaddingHeight, outputPaddingWidth);
    }
    if (Math.min(dilationHeight, dilationWidth) < 1) {
      throw refused("dilation must be >= 1", dilationHeight, dilationWidth);
    }
    if (groups < 1) {
      throw new IllegalArgumentException("convolution: groups must be >= 1, was " + groups);
    }
  }

  private static IllegalArgumentException refused(String rule, int height, int width) {
    return new IllegalArgumentException(
        "convolution: %s, was [%d, %d]".formatted(rule, height, width));
  }

  /** With this stride along both axes. */
  public Conv2dOptions withStride(int stride) {
    return withStride(stride, stride);
  }

  /** With these strides. */
  public Conv2dOptions withStride(int height, int width) {
    return new Conv2dOptions(
        height,
        width,
        paddingHeight,
        paddingWidth,
        outputPaddingHeight,
        outputPaddingWidth,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /** With this padding on all sides. */
  public Conv2dOptions withPadding(int padding) {
    return withPadding(padding, padding);
  }

  /** With these paddings, above and below as well as left and right. */
  public Conv2dOptions withPadding(int height, int width) {
    return new Conv2dOptions(
        strideHeight,
        strideWidth,
        height,
        width,
        outputPaddingHeight,
        outputPaddingWidth,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /** With this output padding along both axes. */
  public Conv2dOptions withOutputPadding(int outputPadding) {
    return withOutputPadding(outputPadding, outputPadding);
  }

  /** With these output paddings, below and right. */
  public Conv2dOptions withOutputPadding(int height, int width) {
    return new Conv2dOptions(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        height,
        width,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /** With this distance between the pixels that the kernel meets. */
  public Conv2dOptions withDilation(int dilation) {
    return withDilation(dilation, dilation);
  }

  /** With these distances between the pixels that the kernel meets. */
  public Conv2dOptions withDilation(int height, int width) {
    return new Conv2dOptions(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        outputPaddingHeight,
        outputPaddingWidth,
        height,
        width,
        groups);
  }

  /** With the channels in this many groups that do not mix. */
  public Conv2dOptions withGroups(int number) {
    return new Conv2dOptions(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        outputPaddingHeight,
        outputPaddingWidth,
        dilationHeight,
        dilationWidth,
        number);
  }
}
