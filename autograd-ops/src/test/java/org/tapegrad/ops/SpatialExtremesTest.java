package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Images of one pixel, of none, with NaN and infinity in them, and of the largest numbers. */
class SpatialExtremesTest {
  private static final double NAN = Double.NaN;

  private static NdArray image(int height, int width, double... values) {
    return NdArray.of(values, 1, height, width);
  }

  private static double[] apply(UnaryOperator<Tensor> op, NdArray x) {
    return op.apply(Tape.inference().constant(x)).value().toDoubleArray();
  }

  @Test
  void onePixelCanBePaddedResizedAndPooled() {
    NdArray x = image(1, 1, 3);
    assertArrayEquals(new double[] {3, 3, 3, 3}, apply(t -> Upsampling.upsampleNearest(t, 2), x));
    assertArrayEquals(new double[] {3, 3, 3, 3}, apply(t -> Upsampling.upsampleBilinear(t, 2), x));
    assertArrayEquals(
        new double[] {3, 3, 3}, apply(t -> Upsampling.upsampleBilinear(t, 1, 3, true), x));
    assertArrayEquals(new double[] {3, 3}, apply(t -> Padding.replicationPad2d(t, 1, 0, 0, 0), x));
    assertArrayEquals(new double[] {0, 3}, apply(t -> Padding.zeroPad2d(t, 1, 0, 0, 0), x));
    assertArrayEquals(new double[] {3}, apply(t -> Padding.reflectionPad2d(t, 0), x));
    assertArrayEquals(new double[] {3}, apply(Pyramid::downsample, x));
    assertArrayEquals(new double[] {3}, apply(Pooling::globalAvgPool2d, x));
    assertArrayEquals(new double[] {3}, apply(t -> Pooling.maxPool2d(t, 1), x));
    assertArrayEquals(new double[] {9}, apply(LinearAlgebra::gramMatrix, x));
  }

  @Test
  void noImagesGiveNoImages() {
    NdArray none = NdArray.zeros(DType.FLOAT64, 0, 3, 4, 5);
    List<UnaryOperator<Tensor>> ops =
        List.of(
            t -> Padding.reflectionPad2d(t, 1),
            t -> Upsampling.upsampleBilinear(t, 2),
            t -> Pooling.maxPool2d(t, 2),
            t -> Pooling.avgPool2d(t, 2),
            LinearAlgebra::gramMatrix,
            t ->
                Convolutions.conv2d(
                    t, t.tape().constant(NdArray.ones(DType.FLOAT64, 2, 3, 3, 3)), null));
    for (UnaryOperator<Tensor> op : ops) {
      Tape tape = new Tape();
      Tensor x = tape.variable(none);
      Tensor y = op.apply(x);
      assertEquals(0, y.size(0));
      assertEquals(none, tape.vjp(List.of(y), List.of(y.value()), List.of(x)).get(0));
    }
  }

  @Test
  void resizingTouchesOnlyThePixelsBetweenWhichAResultLies() {
    NdArray x = image(1, 4, 1, NAN, 3, 5);
    assertArrayEquals(
        new double[] {1, 1, NAN, NAN, 3, 3, 5, 5},
        Arrays.copyOf(apply(t -> Upsampling.upsampleNearest(t, 2), x), 8));
    // With aligned corners every second result is a pixel: its neighbour has no part in it.
    assertArrayEquals(
        new double[] {1, NAN, NAN, NAN, 3, 4, 5},
        apply(t -> Upsampling.upsampleBilinear(t, 1, 7, true), x));
    assertArrayEquals(
        new double[] {3, NAN, 1, NAN, 3, 5, 3},
        apply(t -> Padding.reflectionPad2d(t, 2, 1, 0, 0), x));
  }

  /** The mean of large numbers is formed from weighted ones and does not overflow. */
  @Test
  void averagesDoNotOverflow() {
    double large = Double.MAX_VALUE;
    assertArrayEquals(
        new double[] {large},
        apply(t -> Pooling.avgPool2d(t, 2), image(2, 2, large, large, large, large)));
  }

  @Test
  void largestIsNaNWhereThereIsOne() {
    NdArray x = image(2, 4, 1, NAN, -1, -2, 9, 2, Double.NEGATIVE_INFINITY, -2);
    assertArrayEquals(new double[] {NAN, -1}, apply(t -> Pooling.maxPool2d(t, 2), x));
    NdArray low = NdArray.full(DType.FLOAT64, Double.NEGATIVE_INFINITY, 1, 2, 2);
    assertArrayEquals(
        new double[] {Double.NEGATIVE_INFINITY}, apply(t -> Pooling.maxPool2d(t, 2), low));
  }

  @Test
  void ceilingAddsAWindowThatStartsInsideOfTheImage() {
    NdArray x = image(1, 5, 1, 2, 3, 4, 5);
    Pool2dOptions ceiling = Pool2dOptions.kernelSize(1, 2).withCeilMode(true);
    assertArrayEquals(new double[] {2, 4, 5}, apply(t -> Pooling.maxPool2d(t, ceiling), x));
    assertArrayEquals(new double[] {1.5, 3.5, 5}, apply(t -> Pooling.avgPool2d(t, ceiling), x));
    Pool2dOptions apart = ceiling.withStride(1, 3);
    assertArrayEquals(new double[] {2, 5}, apply(t -> Pooling.maxPool2d(t, apart), x));
    Pool2dOptions padded = ceiling.withPadding(0, 1);
    assertArrayEquals(new double[] {0.5, 2.5, 4.5}, apply(t -> Pooling.avgPool2d(t, padded), x));
    assertArrayEquals(
        new double[] {1, 2.5, 4.5},
        apply(t -> Pooling.avgPool2d(t, padded.withCountIncludePad(false)), x));
  }

  @Test
  void infinityTimesZeroOfAConvolutionIsNaN() {
    NdArray x = image(1, 3, 0, Double.POSITIVE_INFINITY, 1);
    NdArray weight = NdArray.of(new double[] {0, 1}, 1, 1, 1, 2);
    double[] y = apply(t -> Convolutions.conv2d(t, t.tape().constant(weight), null), x);
    assertEquals(Double.POSITIVE_INFINITY, y[0]);
    assertTrue(Double.isNaN(y[1]));
  }

  @Test
  void gradientOfTiedLargestGoesToTheFirst() {
    NdArray x = image(2, 2, 1, 4, 4, 4);
    NdArray g = NdArray.of(new double[] {1}, 1, 1, 1);
    assertEquals(image(2, 2, 0, 1, 0, 0), Derivatives.vjp(t -> Pooling.maxPool2d(t, 2), x, g));
  }
}
