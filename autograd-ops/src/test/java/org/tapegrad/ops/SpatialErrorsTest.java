package org.tapegrad.ops;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** What is refused, and in which words. */
class SpatialErrorsTest extends Refusals {
  @Test
  void convolution() {
    Tensor x = zeros(2, 3, 5, 6);
    misshapen(
        "conv2d: a kernel of height 6 with dilation 1 does not fit into x of height 5 with"
            + " padding 0",
        () -> Convolutions.conv2d(x, zeros(4, 3, 6, 6), null));
    misshapen(
        "conv2d: a kernel of width 4 with dilation 3 does not fit into x of width 6 with padding 1",
        () ->
            Convolutions.conv2d(
                x, zeros(4, 3, 2, 4), null, Conv2dOptions.DEFAULT.withDilation(3).withPadding(1)));
    misshapen(
        "conv2d: weight must have shape [K, C/groups, kH, kW] = [K, 3, kH, kW], was [4, 2, 3, 3]",
        () -> Convolutions.conv2d(x, zeros(4, 2, 3, 3), null));
    misshapen(
        "conv2d: bias must have shape [K] = [4], was [3]",
        () -> Convolutions.conv2d(x, zeros(4, 3, 3, 3), zeros(3)));
    misshapen(
        "conv2d: the channels of x and the first axis of weight must be multiples of groups = 2,"
            + " were 3 and 4",
        () -> Convolutions.conv2d(x, zeros(4, 3, 3, 3), null, Conv2dOptions.DEFAULT.withGroups(2)));
    misshapen(
        "conv2d: x must be [N, C, H, W] or [C, H, W], was float64[5, 6]",
        () -> Convolutions.conv2d(zeros(5, 6), zeros(4, 3, 3, 3), null));
    misshapen(
        "conv2d: weight must be [.., .., kH, kW] with kH, kW >= 1, was float64[3, 3]",
        () -> Convolutions.conv2d(x, zeros(3, 3), null));
    refused(
        "conv2d: bias must be float64 as x, was float32",
        () ->
            Convolutions.conv2d(
                x, zeros(4, 3, 3, 3), tape.variable(NdArray.zeros(DType.FLOAT32, 4))));
    refused("conv2d: weight is needed, was null", () -> Convolutions.conv2d(x, null, null));
    refused(
        "convolution: stride must be >= 1, was [0, 0]", () -> Conv2dOptions.DEFAULT.withStride(0));
    refused("convolution: groups must be >= 1, was 0", () -> Conv2dOptions.DEFAULT.withGroups(0));
  }

  @Test
  void transposedConvolution() {
    Tensor x = zeros(2, 3, 5, 6);
    misshapen(
        "convTranspose2d: weight must have shape [C, K/groups, kH, kW] = [3, K/1, kH, kW],"
            + " was [4, 3, 3, 3]",
        () -> Convolutions.convTranspose2d(x, zeros(4, 3, 3, 3), null));
    misshapen(
        "convTranspose2d: bias must have shape [K] = [4], was [3]",
        () -> Convolutions.convTranspose2d(x, zeros(3, 4, 3, 3), zeros(3)));
    misshapen(
        "convTranspose2d: output_padding must be less than stride = 2 or dilation = 1, was 2",
        () -> Convolutions.convTranspose2d(x, zeros(3, 4, 3, 3), null, 2, 0, 2));
    misshapen(
        "convTranspose2d: the result of float64[1, 3, 1, 1] would be -2 x -2 pixels",
        () ->
            Convolutions.convTranspose2d(zeros(1, 3, 1, 1), zeros(3, 4, 2, 2), null, 1, 2, 0)
                .value());
  }

  @Test
  void padding() {
    Tensor x = zeros(3, 5, 6);
    misshapen(
        "reflectionPad2d: padding top = 5, bottom = 5 must be smaller than H = 5, was"
            + " float64[3, 5, 6]",
        () -> Padding.reflectionPad2d(x, 5));
    misshapen(
        "reflectionPad2d: padding left = 0, right = 6 must be smaller than W = 6, was"
            + " float64[3, 5, 6]",
        () -> Padding.reflectionPad2d(x, 0, 6, 0, 0));
    misshapen(
        "zeroPad2d: padding left = -3, right = -3 makes a size of 0 of W = 6",
        () -> Padding.zeroPad2d(x, -3, -3, 0, 0));
    misshapen(
        "replicationPad2d: x has no pixels, was float64[3, 0, 6]",
        () -> Padding.replicationPad2d(zeros(3, 0, 6), 1));
    misshapen(
        "zeroPad2d: x must be [N, C, H, W] or [C, H, W], was float64[6]",
        () -> Padding.zeroPad2d(zeros(6), 1));
  }

  @Test
  void resizing() {
    Tensor x = zeros(3, 5, 6);
    refused(
        "upsampleNearest: scaleFactor must be > 0, was 0.0",
        () -> Upsampling.upsampleNearest(x, 0));
    refused(
        "upsampleBilinear: the size must be >= 1, was [4, 0]",
        () -> Upsampling.upsampleBilinear(x, 4, 0));
    misshapen(
        "upsampleNearest: 5000000000x6000000000 pixels are too many",
        () -> Upsampling.upsampleNearest(x, 1_000_000_000));
  }

  @Test
  void pooling() {
    Tensor x = zeros(3, 5, 6);
    misshapen(
        "maxPool2d: a window of 6 pixels with dilation 1 does not fit into H = 5 with padding 0",
        () -> Pooling.maxPool2d(x, 6));
    refused(
        "pooling: padding must be >= 0 and at most half of the kernel [3, 3], was [2, 2]",
        () -> Pooling.avgPool2d(x, 3, 1, 2));
    refused(
        "pooling: kernel, stride and dilation must be >= 1, were [0, 0], [0, 0], [1, 1]",
        () -> Pooling.maxPool2d(x, 0));
    refused(
        "avgPool2d: dilation is for maxPool2d only",
        () -> Pooling.avgPool2d(x, Pool2dOptions.kernelSize(2).withDilation(2)));
    misshapen(
        "maxPool2d: window 0 along H = 1 has no pixel of the image, but padding only",
        () ->
            Pooling.maxPool2d(
                zeros(1, 1, 9), Pool2dOptions.kernelSize(2).withPadding(1).withDilation(2)));
  }

  @Test
  void concatenationAndGramMatrix() {
    misshapen(
        "concat: shapes must agree but on axis 1, were [2, 3] and [3, 3]",
        () -> Concatenation.concat(List.of(zeros(2, 3), zeros(3, 3)), 1));
    misshapen(
        "concat: shapes must agree but on axis 0, were [2, 3] and [3]",
        () -> Concatenation.concat(List.of(zeros(2, 3), zeros(3)), 0));
    misshapen(
        "concat: axis 2 is out of range for rank 2",
        () -> Concatenation.concat(List.of(zeros(2, 3)), 2));
    refused("concat: needs at least one tensor", () -> Concatenation.concat(List.of(), 0));
    misshapen(
        "gramMatrix: x has no channels, was float64[2, 0, 3, 3]",
        () -> LinearAlgebra.gramMatrix(zeros(2, 0, 3, 3)));
  }
}
