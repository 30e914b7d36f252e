package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;

/** The linear ops on images: {@code <A x, y> = <x, A* y>}, exact since all numbers are short. */
class SpatialAdjointTest {
  private final SplittableRandom random = new SplittableRandom(9);

  private NdArray integers(DType type, int... shape) {
    return NdArray.zeros(type, shape).map(v -> random.nextInt(-8, 9));
  }

  private record Linear(String name, int[] shape, UnaryOperator<Tensor> op) {}

  private static Linear of(String name, UnaryOperator<Tensor> op, int... shape) {
    return new Linear(name, shape, op);
  }

  private static final List<Linear> MAPS =
      List.of(
          of("reflection", x -> Padding.reflectionPad2d(x, 2, 1, 0, 3), 2, 3, 4, 5),
          of("reflection, unbatched", x -> Padding.reflectionPad2d(x, 1), 3, 2, 2),
          of("replication", x -> Padding.replicationPad2d(x, 3, 0, 9, 1), 2, 1, 1, 2),
          of("zero", x -> Padding.zeroPad2d(x, 2, 1, 0, 3), 1, 2, 4, 17),
          of("crop", x -> Padding.zeroPad2d(x, -2, 3, -1, -1), 1, 2, 4, 17),
          of("reflection of a crop", x -> Padding.reflectionPad2d(x, -2, 3, 1, -1), 1, 2, 4, 7),
          of("nearest", x -> Upsampling.upsampleNearest(x, 2), 1, 2, 9, 20),
          of("nearest, down", x -> Upsampling.upsampleNearest(x, 3, 4), 1, 2, 7, 11),
          of("bilinear", x -> Upsampling.upsampleBilinear(x, 2), 2, 1, 5, 16),
          of("bilinear, corners", x -> Upsampling.upsampleBilinear(x, 9, 5, true), 2, 1, 5, 17),
          of("average", x -> Pooling.avgPool2d(x, 4, 3, 1), 1, 2, 11, 30),
          of("average, ceiling", ceiling(), 1, 2, 10, 7),
          of("global average", Pooling::globalAvgPool2d, 2, 3, 4, 8),
          of("blur", Pyramid::blur, 1, 2, 12, 21),
          of("blur of little", Pyramid::blur, 1, 1, 1, 2),
          of("downsample", Pyramid::downsample, 1, 2, 13, 20));

  private static UnaryOperator<Tensor> ceiling() {
    Pool2dOptions options = Pool2dOptions.kernelSize(2).withCeilMode(true);
    return x -> Pooling.avgPool2d(x, options);
  }

  @TestFactory
  List<DynamicTest> gradientIsTheAdjoint() {
    return MAPS.stream().map(m -> DynamicTest.dynamicTest(m.name(), () -> check(m))).toList();
  }

  private void check(Linear map) {
    for (DType type : DType.values()) {
      NdArray x = integers(type, map.shape());
      Tape tape = new Tape();
      Tensor variable = tape.variable(x);
      NdArray ax = map.op().apply(variable).value();
      NdArray y = integers(type, ax.shape());
      NdArray aty = Derivatives.vjp(map.op()::apply, x, y);
      assertEquals(ax.times(y).sum().item(), x.times(aty).sum().item(), map.name());
      // The adjoint of the adjoint is the map itself.
      assertEquals(ax, Derivatives.jvp(map.op()::apply, x, x), map.name());
    }
  }

  private record Geometry(int[] x, int[] weight, Conv2dOptions options) {}

  private static final List<Geometry> GEOMETRIES =
      List.of(
          new Geometry(new int[] {1, 1, 1, 1}, new int[] {1, 1, 1, 1}, Conv2dOptions.DEFAULT),
          new Geometry(
              new int[] {2, 3, 7, 6},
              new int[] {4, 3, 3, 2},
              Conv2dOptions.DEFAULT.withStride(2, 3).withPadding(1, 2)),
          new Geometry(
              new int[] {2, 4, 9, 8},
              new int[] {6, 2, 2, 3},
              Conv2dOptions.DEFAULT.withDilation(3, 2).withGroups(2)),
          new Geometry(
              new int[] {1, 3, 1, 9},
              new int[] {3, 1, 5, 1},
              Conv2dOptions.DEFAULT.withPadding(2, 0).withGroups(3)));

  /** The inner products with the image, the weight and the result are one number. */
  @Test
  void convolutionIsATrioOfAdjoints() {
    for (Geometry geometry : GEOMETRIES) {
      NdArray x = integers(DType.FLOAT64, geometry.x());
      NdArray w = integers(DType.FLOAT64, geometry.weight());
      Tape tape = new Tape();
      Tensor tx = tape.variable(x);
      Tensor tw = tape.variable(w);
      Tensor y = Convolutions.conv2d(tx, tw, null, geometry.options());
      NdArray g = integers(DType.FLOAT64, y.shape());
      List<NdArray> gradients = tape.vjp(List.of(y), List.of(g), List.of(tx, tw));
      double product = y.value().times(g).sum().item();
      assertEquals(product, x.times(gradients.get(0)).sum().item());
      assertEquals(product, w.times(gradients.get(1)).sum().item());
    }
  }

  /** What a transposed convolution makes is the gradient of the convolution. */
  @Test
  void transposedConvolutionIsTheInputGradient() {
    for (Geometry geometry : GEOMETRIES) {
      Tape tape = new Tape();
      Tensor x = tape.variable(integers(DType.FLOAT64, geometry.x()));
      Tensor w = tape.variable(integers(DType.FLOAT64, geometry.weight()));
      Conv2dOptions o = geometry.options();
      Tensor y = Convolutions.conv2d(x, w, null, o);
      NdArray g = integers(DType.FLOAT64, y.shape());
      NdArray dx = tape.vjp(List.of(y), List.of(g), List.of(x)).get(0);
      Conv2dOptions rest =
          o.withOutputPadding(
              (x.size(2) + 2 * o.padding().height() - o.dilation().height() * (w.size(2) - 1) - 1)
                  % o.stride().height(),
              (x.size(3) + 2 * o.padding().width() - o.dilation().width() * (w.size(3) - 1) - 1)
                  % o.stride().width());
      assertEquals(dx, Convolutions.convTranspose2d(tape.constant(g), w, null, rest).value());
    }
  }

  @Test
  void convolutionsAreDifferentiableThreeTimes() {
    NdArray x = integers(DType.FLOAT64, 2, 2, 5, 4).times(NdArray.scalar(0.25));
    NdArray bias = integers(DType.FLOAT64, 4).times(NdArray.scalar(0.25));
    GradientCheck.of(
            (t, w, b) ->
                Convolutions.conv2d(
                    t, w, b, Conv2dOptions.DEFAULT.withStride(2).withPadding(1).withGroups(2)))
        .at(x, integers(DType.FLOAT64, 4, 1, 3, 2).times(NdArray.scalar(0.25)), bias)
        .orders(3)
        .assertCorrect();
    GradientCheck.of(
            (t, w, b) ->
                Convolutions.convTranspose2d(
                    t, w, b, Conv2dOptions.DEFAULT.withDilation(2, 3).withOutputPadding(1, 2)))
        .at(x, integers(DType.FLOAT64, 2, 4, 2, 2).times(NdArray.scalar(0.25)), bias)
        .orders(3)
        .assertCorrect();
  }
}
