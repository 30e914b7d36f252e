package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Concatenation;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;
import org.tapegrad.ops.LinearAlgebra;
import org.tapegrad.ops.Padding;
import org.tapegrad.ops.Pool2dOptions;
import org.tapegrad.ops.Pooling;
import org.tapegrad.ops.Pyramid;
import org.tapegrad.ops.Upsampling;
import org.tapegrad.optable.OpCase.Input;

/** Operations on images. */
final class SpatialRows {
  private SpatialRows() {}

  static List<OpCase> rows() {
    return Stream.of(
            convolutions(),
            transposed(),
            padding(),
            resizing(),
            pooling(),
            concatenationAndGramMatrix())
        .flatMap(List::stream)
        .toList();
  }

  private static OpCase one(String op, String variant, UnaryOperator<Tensor> f, int... shape) {
    return OpCase.of(op, variant, xs -> f.apply(xs.get(0)), any(shape));
  }

  private static OpCase conv(String variant, Conv2dOptions options, Input... inputs) {
    return OpCase.of(
            "Convolutions.conv2d",
            variant,
            xs ->
                Convolutions.conv2d(
                    xs.get(0), xs.get(1), xs.size() < 3 ? null : xs.get(2), options),
            inputs)
        .toOrder(3);
  }

  private static OpCase same(String variant, Conv2dOptions options, Input... inputs) {
    return OpCase.of(
        "Convolutions.conv2dSame",
        variant,
        xs ->
            Convolutions.conv2dSame(
                xs.get(0), xs.get(1), xs.size() < 3 ? null : xs.get(2), options),
        inputs);
  }

  private static List<OpCase> convolutions() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    return List.of(
        conv("", plain, any(2, 2, 4, 5), any(3, 2, 3, 2), any(3)),
        conv("unbatched", plain.withPadding(1), any(2, 3, 3), any(1, 2, 3, 3), any(1)),
        conv("stride, no bias", plain.withStride(2, 3), any(1, 2, 6, 7), any(2, 2, 3, 2)),
        conv(
            "dilation",
            plain.withDilation(2, 1).withPadding(0, 3),
            any(1, 1, 5, 2),
            any(2, 1, 3, 3),
            any(2)),
        conv("groups", plain.withGroups(2), any(1, 4, 3, 4), any(4, 2, 1, 2), any(4)),
        same("even kernel", plain, any(1, 2, 4, 3), any(2, 2, 2, 4), any(2)),
        same("dilation", plain.withDilation(2, 3), any(2, 3, 4), any(1, 2, 3, 2)),
        conv("one pixel", plain, any(1, 3, 1, 1), any(2, 3, 1, 1), any(2)));
  }

  private static OpCase transposed(String variant, Conv2dOptions options, Input... inputs) {
    return OpCase.of(
            "Convolutions.convTranspose2d",
            variant,
            xs ->
                Convolutions.convTranspose2d(
                    xs.get(0), xs.get(1), xs.size() < 3 ? null : xs.get(2), options),
            inputs)
        .toOrder(3);
  }

  private static List<OpCase> transposed() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    return List.of(
        transposed("", plain, any(2, 2, 3, 2), any(2, 3, 2, 3), any(3)),
        transposed("unbatched", plain.withPadding(1), any(2, 3, 3), any(2, 1, 3, 3), any(1)),
        transposed(
            "stride",
            plain.withStride(2, 3).withPadding(1, 0).withOutputPadding(1, 2),
            any(1, 2, 3, 2),
            any(2, 2, 3, 2)),
        transposed(
            "output padding beyond the stride",
            plain.withDilation(3, 2).withOutputPadding(2, 1),
            any(1, 2, 2, 2),
            any(2, 1, 2, 2),
            any(1)),
        transposed("groups", plain.withGroups(2), any(1, 4, 2, 3), any(4, 2, 2, 1), any(4)));
  }

  private static List<OpCase> padding() {
    return List.of(
        one("Padding.zeroPad2d", "", x -> Padding.zeroPad2d(x, 2), 1, 2, 3, 2),
        one("Padding.zeroPad2d", "crop", x -> Padding.zeroPad2d(x, -1, 2, 1, -2), 2, 4, 5),
        one("Padding.constantPad2d", "", x -> Padding.constantPad2d(x, 1, -3), 1, 2, 3, 2),
        one(
            "Padding.constantPad2d",
            "crop",
            x -> Padding.constantPad2d(x, -1, 2, 1, -2, 7),
            2,
            4,
            5),
        one("Padding.circularPad2d", "", x -> Padding.circularPad2d(x, 2), 1, 2, 3, 2),
        one("Padding.circularPad2d", "crop", x -> Padding.circularPad2d(x, -1, 3, 1, -2), 2, 4, 5),
        one("Padding.replicationPad2d", "", x -> Padding.replicationPad2d(x, 2), 1, 2, 3, 2),
        one(
            "Padding.replicationPad2d",
            "one pixel",
            x -> Padding.replicationPad2d(x, 2, 1, 0, 3),
            2,
            1,
            1),
        one("Padding.reflectionPad2d", "", x -> Padding.reflectionPad2d(x, 2), 2, 1, 3, 5),
        one(
            "Padding.reflectionPad2d",
            "four sides",
            x -> Padding.reflectionPad2d(x, 1, 0, 3, 2),
            2,
            4,
            11));
  }

  private static List<OpCase> resizing() {
    return List.of(
        one("Upsampling.upsampleNearest", "", x -> Upsampling.upsampleNearest(x, 2), 1, 2, 3, 5),
        one(
            "Upsampling.upsampleNearest",
            "any size",
            x -> Upsampling.upsampleNearest(x, 2, 7),
            2,
            3,
            5),
        one("Upsampling.upsampleBilinear", "", x -> Upsampling.upsampleBilinear(x, 2), 1, 2, 3, 4),
        one(
            "Upsampling.upsampleBilinear",
            "down",
            x -> Upsampling.upsampleBilinear(x, 2, 3),
            1,
            1,
            5,
            7),
        one(
            "Upsampling.upsampleBilinear",
            "aligned corners",
            x -> Upsampling.upsampleBilinear(x, 5, 3, true),
            1,
            1,
            3,
            4),
        one(
            "Upsampling.upsampleNearest",
            "fraction",
            x -> Upsampling.upsampleNearest(x, 1.7),
            2,
            3,
            5),
        one(
            "Upsampling.upsampleBilinear",
            "fraction",
            x -> Upsampling.upsampleBilinear(x, 1.7),
            1,
            3,
            4),
        one(
            "Upsampling.upsampleBicubic",
            "",
            x -> Upsampling.upsampleBicubic(x, 5, 3, false),
            1,
            2,
            3,
            4),
        one(
            "Upsampling.upsampleBicubic",
            "fraction",
            x -> Upsampling.upsampleBicubic(x, 0.7, false),
            1,
            5,
            4),
        one(
            "Upsampling.upsampleBicubic",
            "aligned corners",
            x -> Upsampling.upsampleBicubic(x, 1, 7, true),
            1,
            3,
            2),
        one("Pyramid.blur", "", Pyramid::blur, 1, 2, 5, 3),
        one("Pyramid.downsample", "", Pyramid::downsample, 1, 1, 7, 12),
        one("Pyramid.downsample", "two pixels", Pyramid::downsample, 1, 2, 1));
  }

  private static List<OpCase> pooling() {
    Pool2dOptions three = Pool2dOptions.kernelSize(3).withStride(2).withPadding(1);
    Pool2dOptions apart = Pool2dOptions.kernelSize(2, 3).withStride(1, 2).withDilation(2);
    return List.of(
        one("Pooling.avgPool2d", "", x -> Pooling.avgPool2d(x, 2), 2, 1, 4, 5),
        one("Pooling.avgPool2d", "padding", x -> Pooling.avgPool2d(x, three), 1, 2, 5, 4),
        one(
            "Pooling.avgPool2d",
            "padding does not count",
            x -> Pooling.avgPool2d(x, three.withCountIncludePad(false).withCeilMode(true)),
            2,
            4,
            4),
        one(
            "Pooling.avgPool2d",
            "divisor",
            x -> Pooling.avgPool2d(x, three.withDivisorOverride(5)),
            1,
            5,
            4),
        one("Pooling.adaptiveAvgPool2d", "", x -> Pooling.adaptiveAvgPool2d(x, 2, 7), 1, 2, 5, 3),
        one("Pooling.globalAvgPool2d", "", Pooling::globalAvgPool2d, 2, 3, 3, 2),
        one("Pooling.maxPool2d", "", x -> Pooling.maxPool2d(x, 2), 2, 2, 4, 5),
        one("Pooling.maxPool2d", "padding", x -> Pooling.maxPool2d(x, three), 1, 1, 5, 4),
        one("Pooling.maxPool2d", "dilation", x -> Pooling.maxPool2d(x, apart), 1, 5, 7));
  }

  private static List<OpCase> concatenationAndGramMatrix() {
    return List.of(
        OpCase.of(
            "Concatenation.concat",
            "middle axis",
            xs -> Concatenation.concat(xs, 1),
            any(2, 1, 3),
            any(2, 2, 3),
            any(2, 4, 3)),
        OpCase.of(
            "Concatenation.concat",
            "last axis",
            xs -> Concatenation.concat(xs, -1),
            any(2, 1),
            any(2, 3)),
        one("LinearAlgebra.gramMatrix", "", LinearAlgebra::gramMatrix, 2, 3, 2, 3),
        one("LinearAlgebra.gramMatrix", "unbatched", LinearAlgebra::gramMatrix, 2, 1, 5),
        one("LinearAlgebra.gramMatrix", "one channel", LinearAlgebra::gramMatrix, 1, 1, 3, 3));
  }
}
