package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Small images whose result can be worked out by hand. */
class SpatialValuesTest extends Refusals {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** [1, 1, rows, ..]. */
  private Tensor image(int rows, double... pixels) {
    return tape.variable(NdArray.of(pixels, 1, 1, rows, pixels.length / rows));
  }

  private static void assertPixels(Tensor y, double... expected) {
    assertArrayEquals(expected, y.value().toDoubleArray(), 1e-14, y.toString());
  }

  @Test
  void constantBorders() {
    Tensor x = image(2, 1, 2, 3, 4);
    assertPixels(Padding.constantPad2d(x, 1, 0, 1, 0, 9), 9, 9, 9, 9, 1, 2, 9, 3, 4);
    assertPixels(Padding.constantPad2d(x, -1, 1, 0, 0, 9), 2, 9, 4, 9);
    // 0 · infinity is not taken
    assertPixels(
        Padding.constantPad2d(image(1, 0), 1, 1, 0, 0, -INFINITY), -INFINITY, 0, -INFINITY);
    assertEquals(4, tape.gradient(Padding.constantPad2d(x, 2, 7).sum(), x).sum().item());
  }

  @Test
  void circularBorders() {
    Tensor x = image(1, 1, 2, 3);
    assertPixels(Padding.circularPad2d(x, 1, 2, 0, 0), 3, 1, 2, 3, 1, 2);
    assertPixels(Padding.circularPad2d(image(2, 1, 2), 0, 0, 2, 1), 1, 2, 1, 2, 1);
    misshapen(
        "circularPad2d: padding left = 4, right = 0 must be at most W = 3, was float64[1, 1, 1, 3]",
        () -> Padding.circularPad2d(x, 4, 0, 0, 0));
  }

  /** A factor that makes no whole number of pixels is not that of the sizes: 1.3 is not 6/5. */
  @Test
  void fractionalFactors() {
    Tensor x = tape.variable(NdArray.of(new double[] {0, 1, 2, 3, 4}, 1, 1, 1, 5));
    assertPixels(Upsampling.upsampleNearest(x, 1.3), 0, 0, 1, 2, 3, 3);
    assertPixels(Upsampling.upsampleNearest(x, 1, 6), 0, 0, 1, 2, 3, 4);
    double[] places = new double[6];
    for (int i = 0; i < 6; i++) {
      places[i] = Math.min(4, Math.max(0, (i + 0.5) / 1.3 - 0.5));
    }
    assertPixels(Upsampling.upsampleBilinear(x, 1.3), places);
    assertPixels(Upsampling.upsampleBilinear(x, 1.3, true), 0, 0.8, 1.6, 2.4, 3.2, 4);
    Tensor square = image(2, 1, 2, 3, 4);
    assertPixels(Upsampling.upsampleBilinear(square, 0.5), 2.5);
    assertPixels(Upsampling.upsampleNearest(square, 0.5), 1);
    misshapen(
        "upsampleBilinear: scaleFactor 0.4 leaves no pixel of float64[1, 1, 2, 2]",
        () -> Upsampling.upsampleBilinear(square, 0.4));
    refused(
        "upsampleBicubic: scaleFactor must be > 0, was NaN",
        () -> Upsampling.upsampleBicubic(square, Double.NaN, false));
  }

  /** Half-way between two pixels Keys' weights with a = -3/4 are -3/32, 19/32, 19/32, -3/32. */
  @ParameterizedTest
  @EnumSource
  void bicubic(DType dtype) {
    double[] pixels = {1, 2, 4, 8};
    Tensor x = new Tape().variable(NdArray.of(pixels, 1, 1, 1, 4).to(dtype));
    assertPixels(Upsampling.upsampleBicubic(x, 1, 2, false), 1.3125, 6.1875);
    assertPixels(Upsampling.upsampleBicubic(x, 1, 4, false), 1, 2, 4, 8);
    assertPixels(Upsampling.upsampleBicubic(x, 1, true), 1, 2, 4, 8);
    // corners stay in place, and 3.5 lies half-way between the outer ones
    Tensor aligned = Upsampling.upsampleBicubic(x, 1, 3, true);
    assertPixels(aligned, 1, (-3 * 1 + 19 * 2 + 19 * 4 - 3 * 8) / 32.0, 8);
    // a single pixel stays what it is
    assertPixels(Upsampling.upsampleBicubic(x.slice(3, 2, 3), 2, 3, false), 4, 4, 4, 4, 4, 4);
  }

  /** One axis alone is resized exactly, so a signal is a row and a volume takes two calls. */
  @Test
  void signalsAndVolumes() {
    Tensor signal = image(1, 1, 5);
    assertPixels(Upsampling.upsampleBilinear(signal, 1, 4), 1, 2, 4, 5);
    assertPixels(Upsampling.upsampleBilinear(signal, 1, 3, true), 1, 3, 5);
    assertPixels(Upsampling.upsampleNearest(signal, 1, 4), 1, 1, 5, 5);
    int[] volume = {1, 2, 2, 3, 2};
    Tensor x = tape.variable(NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, volume));
    Tensor deep = Upsampling.upsampleBilinear(x.reshape(1, 2, 2, 6), 3, 6, true);
    Tensor y = Upsampling.upsampleBilinear(deep.reshape(1, 6, 3, 2), 5, 3, true);
    NdArray at = y.value().reshape(1, 2, 3, 5, 3);
    // with aligned corners every second one of 3, 5 and 3 is a pixel, the others lie between two
    double sum = 0;
    for (int corner = 0; corner < 8; corner++) {
      sum += x.value().get(0, 1, corner & 1, 1 + (corner >> 1 & 1), corner >> 2);
    }
    assertEquals(sum / 8, at.get(0, 1, 1, 3, 1), 1e-15);
    assertEquals(x.value().get(0, 1, 1, 2, 0), at.get(0, 1, 2, 4, 0));
  }

  @Test
  void areas() {
    Tensor x = image(1, 1, 2, 3, 4, 5);
    assertPixels(Pooling.adaptiveAvgPool2d(x, 1, 2), 2, 4); // [0, 3) and [2, 5)
    assertPixels(Pooling.adaptiveAvgPool2d(x, 1, 1), 3);
    assertPixels(Pooling.adaptiveAvgPool2d(image(1, 1, 2), 1, 3), 1, 1.5, 2);
    Tensor plane = zeros(1, 2, 4, 6).plus(1.5);
    assertEquals(
        Pooling.avgPool2d(plane, 2).value(), Pooling.adaptiveAvgPool2d(plane, 2, 3).value());
  }

  @Test
  void divisors() {
    Tensor x = image(2, 1, 2, 3, 4);
    Pool2dOptions two = Pool2dOptions.kernelSize(2).withDivisorOverride(3);
    assertPixels(Pooling.avgPool2d(x, two), 10 / 3.0);
    assertPixels(
        Pooling.avgPool2d(x, two.withStride(2).withPadding(1)), 1 / 3.0, 2 / 3.0, 1, 4 / 3.0);
    refused("pooling: divisorOverride must be >= 0, was -1", () -> two.withDivisorOverride(-1));
    refused("maxPool2d: divisorOverride is for avgPool2d only", () -> Pooling.maxPool2d(x, two));
  }

  /** The odd zero stands on the right, the weight (1, 10) meets a pixel and its right neighbour. */
  @Test
  void samePadding() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    Tensor x = image(1, 1, 2, 3);
    Tensor weight = image(1, 1, 10);
    assertPixels(Convolutions.conv2dSame(x, weight, null, plain), 21, 32, 3);
    assertPixels(Convolutions.conv2dSame(x, weight, null, plain.withDilation(2)), 20, 31, 2);
    String refusal = "conv2dSame: stride must be 1 and padding 0, options were ";
    misshapen(
        refusal + "stride 2", () -> Convolutions.conv2dSame(x, weight, null, plain.withStride(2)));
    misshapen(
        "conv2dSame: needs 0 rows and 4294967294 columns of zeros",
        () ->
            Convolutions.conv2dSame(
                x, zeros(1, 1, 1, 3), null, plain.withDilation(Integer.MAX_VALUE)));
  }
}
