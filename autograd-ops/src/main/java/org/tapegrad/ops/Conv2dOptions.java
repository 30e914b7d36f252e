package org.tapegrad.ops;

import static org.tapegrad.ops.HeightWidth.square;

import org.tapegrad.array.Shapes;

/**
 * How the weight of a convolution moves over an image, by PyTorch's names; start with {@link
 * #DEFAULT} and change what differs: {@code Conv2dOptions.DEFAULT.withStride(2).withPadding(1)}.
 *
 * @param padding rows of zeros above and below, columns left and right
 * @param outputPadding rows and columns added below and right, of transposed convolution only
 * @param algorithm how it and its gradients are computed
 */
public record Conv2dOptions(
    HeightWidth stride,
    HeightWidth padding,
    HeightWidth outputPadding,
    HeightWidth dilation,
    int groups,
    ConvolutionAlgorithm algorithm) {

  /** Stride 1, no padding, dilation 1, one group. */
  public static final Conv2dOptions DEFAULT =
      new Conv2dOptions(square(1), square(0), square(0), square(1), 1, ConvolutionAlgorithm.AUTO);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if stride, dilation or groups is below 1, or a padding
   *     negative
   */
  public Conv2dOptions {
    requireAtLeast(1, "stride", stride);
    requireAtLeast(0, "padding", padding);
    requireAtLeast(0, "output_padding", outputPadding);
    requireAtLeast(1, "dilation", dilation);
    Shapes.given("convolution", "algorithm", algorithm);
    if (groups < 1) {
      throw new IllegalArgumentException("convolution: groups must be >= 1, was " + groups);
    }
  }

  private static void requireAtLeast(int least, String name, HeightWidth value) {
    if (Shapes.given("convolution", name, value).smaller() < least) {
      throw new IllegalArgumentException(
          "convolution: %s must be >= %d, was %s".formatted(name, least, value.pair()));
    }
  }

  /** With this stride along both axes. */
  public Conv2dOptions withStride(int both) {
    return withStride(both, both);
  }

  /** With these strides. */
  public Conv2dOptions withStride(int height, int width) {
    return new Conv2dOptions(
        new HeightWidth(height, width), padding, outputPadding, dilation, groups, algorithm);
  }

  /** With this padding on all sides. */
  public Conv2dOptions withPadding(int allSides) {
    return withPadding(allSides, allSides);
  }

  /** With these paddings, above and below as well as left and right. */
  public Conv2dOptions withPadding(int height, int width) {
    return new Conv2dOptions(
        stride, new HeightWidth(height, width), outputPadding, dilation, groups, algorithm);
  }

  /** With this output padding along both axes. */
  public Conv2dOptions withOutputPadding(int both) {
    return withOutputPadding(both, both);
  }

  /** With these output paddings, below and right. */
  public Conv2dOptions withOutputPadding(int height, int width) {
    return new Conv2dOptions(
        stride, padding, new HeightWidth(height, width), dilation, groups, algorithm);
  }

  /** With this distance between the pixels that the weight meets. */
  public Conv2dOptions withDilation(int both) {
    return withDilation(both, both);
  }

  /** With these distances between the pixels that the weight meets. */
  public Conv2dOptions withDilation(int height, int width) {
    return new Conv2dOptions(
        stride, padding, outputPadding, new HeightWidth(height, width), groups, algorithm);
  }

  /** With the channels in this many groups that do not mix. */
  public Conv2dOptions withGroups(int number) {
    return new Conv2dOptions(stride, padding, outputPadding, dilation, number, algorithm);
  }

  /** With this algorithm. */
  public Conv2dOptions withAlgorithm(ConvolutionAlgorithm choice) {
    return new Conv2dOptions(stride, padding, outputPadding, dilation, groups, choice);
  }

  /** What differs from {@link #DEFAULT}: {@code stride 2, padding [1, 0]}. */
  @Override
  public String toString() {
    return new Arguments()
        .add("stride", stride, DEFAULT.stride)
        .add("padding", padding, DEFAULT.padding)
        .add("outputPadding", outputPadding, DEFAULT.outputPadding)
        .add("dilation", dilation, DEFAULT.dilation)
        .add("groups", groups, DEFAULT.groups)
        .add("algorithm", algorithm, DEFAULT.algorithm)
        .toString();
  }
}
