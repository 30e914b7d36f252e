package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.ConvolutionShape;

/** What the arguments of a convolution must be, and the sizes that follow from them. */
record ConvolutionChecks(String op, Tensor x, Tensor weight, Tensor bias, Conv2dOptions options) {

  ConvolutionChecks {
    Shapes.given(op, "weight", weight);
    Shapes.given(op, "options", options);
    if (weight.rank() != 4 || weight.size(2) < 1 || weight.size(3) < 1) {
      throw new ShapeException(
          op
              + ": weight must be [.., .., kH, kW] with kH, kW >= 1, was "
              + weight.value().describe());
    }
    requireTypeOf(op, x, "weight", weight);
    requireTypeOf(op, x, "bias", bias);
  }

  private static void requireTypeOf(String op, Tensor x, String name, Tensor t) {
    if (t != null && t.dtype() != x.dtype()) {
      throw new IllegalArgumentException(
          "%s: %s must be %s as x, was %s".formatted(op, name, x.dtype(), t.dtype()));
    }
  }

  /** Of a convolution of x. */
  ConvolutionShape forward() {
    require(
        options.outputPadding().equals(HeightWidth.square(0)),
        "output_padding is for convTranspose2d only");
    int groups = options.groups();
    int channels = x.size(1);
    int filters = weight.size(0);
    require(
        channels % groups == 0 && filters % groups == 0,
        "the channels of x and the first axis of weight must be multiples of groups = "
            + groups
            + ", were "
            + channels
            + " and "
            + filters);
    require(
        weight.size(1) == channels / groups,
        "weight must have shape [K, C/groups, kH, kW] = [K, %d, kH, kW], was %s"
            .formatted(channels / groups, Arrays.toString(weight.shape())));
    requireBias(filters);
    ConvolutionShape s = shape(channels, x.size(2), x.size(3), filters);
    requireFit("height", s.kernelHeight(), s.dilationHeight(), x.size(2), s.paddingHeight());
    requireFit("width", s.kernelWidth(), s.dilationWidth(), x.size(3), s.paddingWidth());
    Shapes.result(
        op,
        x.size(0),
        filters,
        ConvolutionShape.outSize(
            x.size(2), s.kernelHeight(), s.strideHeight(), s.paddingHeight(), s.dilationHeight()),
        ConvolutionShape.outSize(
            x.size(3), s.kernelWidth(), s.strideWidth(), s.paddingWidth(), s.dilationWidth()));
    return s;
  }

  /** The rows and columns of zeros with which the result has the size of x. */
  HeightWidth same() {
    require(
        options.stride().equals(HeightWidth.square(1))
            && options.padding().equals(HeightWidth.square(0)),
        "stride must be 1 and padding 0, options were " + options);
    long height = (weight.size(2) - 1L) * options.dilation().height();
    long width = (weight.size(3) - 1L) * options.dilation().width();
    require(
        Math.max(height, width) <= Integer.MAX_VALUE,
        "needs %d rows and %d columns of zeros".formatted(height, width));
    return new HeightWidth((int) height, (int) width);
  }

  /** Of the convolution whose input gradient makes the result of x. */
  ConvolutionShape transposed() {
    int groups = options.groups();
    int channels = x.size(1);
    require(
        channels % groups == 0,
        "the channels of x must be a multiple of groups = " + groups + ", were " + channels);
    require(
        weight.size(0) == channels,
        "weight must have shape [C, K/groups, kH, kW] = [%d, K/%d, kH, kW], was %s"
            .formatted(channels, groups, Arrays.toString(weight.shape())));
    HeightWidth stride = options.stride();
    HeightWidth padding = options.padding();
    HeightWidth dilation = options.dilation();
    HeightWidth added = options.outputPadding();
    requireOutputPadding(added.height(), stride.height(), dilation.height());
    requireOutputPadding(added.width(), stride.width(), dilation.width());
    long filters = (long) weight.size(1) * groups;
    requireBias(filters);
    long height =
        transposedSize(2, stride.height(), padding.height(), dilation.height()) + added.height();
    long width =
        transposedSize(3, stride.width(), padding.width(), dilation.width()) + added.width();
    require(
        x.size(2) > 0 && x.size(3) > 0 && height > 0 && width > 0,
        "the result of %s would be %d x %d pixels".formatted(x.value().describe(), height, width));
    int[] shape = Shapes.result(op, x.size(0), filters, height, width);
    return shape(shape[1], shape[2], shape[3], channels);
  }

  private long transposedSize(int axis, int stride, int padding, int dilation) {
    return ConvolutionShape.inSize(x.size(axis), weight.size(axis), stride, padding, dilation);
  }

  private ConvolutionShape shape(int inChannels, int height, int width, int outChannels) {
    return new ConvolutionShape(
        x.size(0),
        inChannels,
        height,
        width,
        outChannels,
        weight.size(2),
        weight.size(3),
        options.stride().height(),
        options.stride().width(),
        options.padding().height(),
        options.padding().width(),
        options.dilation().height(),
        options.dilation().width(),
        options.groups());
  }

  private void requireBias(long filters) {
    require(
        bias == null || bias.value().hasShape((int) filters),
        "bias must have shape [K] = [%d], was %s"
            .formatted(filters, bias == null ? "" : Arrays.toString(bias.shape())));
  }

  private void requireFit(String axis, int kernel, int dilation, int size, int padding) {
    long needed = (long) dilation * (kernel - 1) + 1;
    require(
        needed <= size + 2L * padding,
        "a kernel of %s %d with dilation %d does not fit into x of %s %d with padding %d"
            .formatted(axis, kernel, dilation, axis, size, padding));
  }

  private void requireOutputPadding(int outputPadding, int stride, int dilation) {
    require(
        outputPadding < Math.max(stride, dilation),
        "output_padding must be less than stride = %d or dilation = %d, was %d"
            .formatted(stride, dilation, outputPadding));
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ShapeException(op + ": " + message);
    }
  }
}
