package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/**
 * Strides, paddings, dilations and sizes up to the largest int: computed where legal, or refused.
 */
class SpatialRangesTest {
  private static final int MAX = Integer.MAX_VALUE;
  private static final int HALF = 1 << 30;
  private static final Conv2dOptions OPTIONS = Conv2dOptions.DEFAULT;

  /** 0, 1, 2, ... in the given shape. */
  private static NdArray ramp(DType type, int... shape) {
    double[] values = IntStream.range(0, product(shape)).asDoubleStream().toArray();
    return NdArray.of(values, shape).to(type);
  }

  private static int product(int... shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** The values of y and of its gradients, for cotangents 1, 2, 3, ... */
  private static double[][] withGradients(Tensor y, Tensor... inputs) {
    NdArray g = ramp(y.dtype(), y.shape()).plus(1);
    double[][] all = new double[1 + inputs.length][];
    all[0] = y.value().toDoubleArray();
    List<NdArray> gradients = y.tape().vjp(List.of(y), List.of(g), List.of(inputs));
    for (int i = 0; i < inputs.length; i++) {
      all[1 + i] = gradients.get(i).toDoubleArray();
    }
    return all;
  }

  /** The values at the corner of 3 x 3 of an image of 8 x 8, zero elsewhere. */
  private static double[] inCorner(double... nine) {
    double[] values = new double[64];
    for (int i = 0; i < 9; i++) {
      values[i / 3 * 8 + i % 3] = nine[i];
    }
    return values;
  }

  private static final double[] WEIGHT = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  private static final double[] CORNER = {0, 1, 2, 8, 9, 10, 16, 17, 18};

  private static double[] times(double factor, double[] values) {
    return Arrays.stream(values).map(v -> factor * v).toArray();
  }

  @ParameterizedTest
  @EnumSource
  void strideBeyondTheImage(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 1, 8, 8));
    Tensor w = tape.variable(ramp(type, 1, 1, 3, 3));
    Tensor y = Convolutions.conv2d(x, w, null, OPTIONS.withStride(MAX));
    double[][] actual = withGradients(y, x, w);
    assertArrayEquals(new double[] {474}, actual[0]);
    assertArrayEquals(inCorner(WEIGHT), actual[1]);
    assertArrayEquals(CORNER, actual[2]);
  }

  /** Of 3 x 3 windows only the middle one meets the image, and only in one corner of it. */
  @ParameterizedTest
  @EnumSource
  void strideAndPaddingBeyondTheImage(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 1, 8, 8));
    Tensor w = tape.variable(ramp(type, 1, 1, 3, 3));
    Tensor y = Convolutions.conv2d(x, w, null, OPTIONS.withStride(HALF).withPadding(HALF));
    double[][] actual = withGradients(y, x, w);
    assertArrayEquals(new int[] {1, 1, 3, 3}, y.shape());
    assertArrayEquals(new double[] {0, 0, 0, 0, 474, 0, 0, 0, 0}, actual[0]);
    assertArrayEquals(inCorner(times(5, WEIGHT)), actual[1]);
    assertArrayEquals(times(5, CORNER), actual[2]);
  }

  /** Only the middle tap meets the image. */
  @ParameterizedTest
  @EnumSource
  void dilationBeyondTheImage(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 1, 2, 2));
    Tensor w = tape.variable(ramp(type, 1, 1, 3, 3));
    Tensor y = Convolutions.conv2d(x, w, null, OPTIONS.withDilation(HALF).withPadding(HALF));
    double[][] actual = withGradients(y, x, w);
    assertArrayEquals(new double[] {0, 4, 8, 12}, actual[0]);
    assertArrayEquals(new double[] {4, 8, 12, 16}, actual[1]);
    assertArrayEquals(new double[] {0, 0, 0, 0, 2 + 6 + 12, 0, 0, 0, 0}, actual[2]);
    Tensor one = tape.variable(ramp(type, 1, 1, 1, 1).plus(3));
    Tensor same = Convolutions.conv2d(x, one, null, OPTIONS.withDilation(MAX));
    assertArrayEquals(new double[] {0, 3, 6, 9}, same.value().toDoubleArray());
  }

  /** One pixel has no neighbour at a stride's distance, one tap none at a dilation's. */
  @ParameterizedTest
  @EnumSource
  void transposedConvolutionOfOnePixel(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 1, 1, 1).plus(2));
    Tensor w = tape.variable(ramp(type, 1, 1, 3, 3));
    Tensor y = Convolutions.convTranspose2d(x, w, null, OPTIONS.withStride(MAX));
    double[][] actual = withGradients(y, x, w);
    assertArrayEquals(new int[] {1, 1, 3, 3}, y.shape());
    assertArrayEquals(times(2, WEIGHT), actual[0]);
    assertArrayEquals(new double[] {2 + 6 + 12 + 20 + 30 + 42 + 56 + 72}, actual[1]);
    assertArrayEquals(new double[] {2, 4, 6, 8, 10, 12, 14, 16, 18}, actual[2]);
    Tensor pixels = tape.variable(ramp(type, 1, 1, 2, 2));
    Tensor one = tape.variable(ramp(type, 1, 1, 1, 1).plus(3));
    Tensor same = Convolutions.convTranspose2d(pixels, one, null, OPTIONS.withDilation(MAX));
    assertArrayEquals(new double[] {0, 3, 6, 9}, same.value().toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource
  void windowsBeyondTheImage(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 2, 3));
    NdArray same =
        Pooling.maxPool2d(x, Pool2dOptions.kernelSize(1).withDilation(MAX).withStride(1)).value();
    assertEquals(x.value(), same);
    Pool2dOptions all = Pool2dOptions.kernelSize(MAX).withPadding(HALF - 1);
    assertArrayEquals(new double[] {5}, Pooling.maxPool2d(x, all).value().toDoubleArray());
    assertArrayEquals(
        new double[] {2.5},
        Pooling.avgPool2d(x, all.withCountIncludePad(false)).value().toDoubleArray(),
        1e-6);
    Pool2dOptions ceiling = all.withStride(HALF).withCeilMode(true);
    assertArrayEquals(
        new double[] {5, 5, 5, 5}, Pooling.maxPool2d(x, ceiling).value().toDoubleArray());
    assertArrayEquals(
        new double[] {2.5, 3, 4, 4.5},
        Pooling.avgPool2d(x, ceiling.withCountIncludePad(false)).value().toDoubleArray(),
        1e-6);
    Pool2dOptions apart = Pool2dOptions.kernelSize(1).withStride(MAX);
    assertArrayEquals(new double[] {0}, Pooling.maxPool2d(x, apart).value().toDoubleArray());
    assertArrayEquals(new double[] {0}, Pooling.avgPool2d(x, apart).value().toDoubleArray());
  }

  /** Almost all is cropped on one side, and a few pixels added on the other. */
  @Test
  void cropsBeyondTheImage() {
    Tensor x = new Tape().variable(ramp(DType.FLOAT64, 1, 1, 4));
    double[] last = {3, 3, 3};
    Tensor y = Padding.replicationPad2d(x, Integer.MIN_VALUE, MAX, 0, 0);
    assertArrayEquals(last, y.value().toDoubleArray());
    double[] zeros = {0, 0, 0};
    assertArrayEquals(
        zeros, Padding.zeroPad2d(x, Integer.MIN_VALUE, MAX, 0, 0).value().toDoubleArray());
    assertArrayEquals(
        zeros, Padding.replicationPad2d(x, MAX, -MAX - 1, 0, 0).value().toDoubleArray());
  }

  private static void tooLarge(String op, String shape, Executable call) {
    assertEquals(
        op
            + ": the result would have shape "
            + shape
            + ", but arrays have at most 2147483645 elements",
        assertThrows(ShapeException.class, call, op).getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void whatNoArrayHoldsIsRefusedByName(DType type) {
    Tape tape = new Tape();
    Tensor x = tape.variable(ramp(type, 1, 1, 8, 8));
    Tensor w = tape.variable(ramp(type, 1, 1, 3, 3));
    tooLarge(
        "conv2d",
        "[1, 1, 4294967300, 4294967300]",
        () -> Convolutions.conv2d(x, w, null, OPTIONS.withPadding(MAX)));
    tooLarge(
        "conv2d",
        "[1, 1, 65542, 65542]",
        () -> Convolutions.conv2d(x, w, null, OPTIONS.withPadding(1 << 15)));
    tooLarge(
        "convTranspose2d",
        "[1, 1, 15032385532, 15032385532]",
        () -> Convolutions.convTranspose2d(x, w, null, OPTIONS.withStride(MAX)));
    tooLarge(
        "convTranspose2d",
        "[1, 1, 4294967302, 4294967302]",
        () -> Convolutions.convTranspose2d(x, w, null, OPTIONS.withDilation(MAX)));
    tooLarge(
        "convTranspose2d",
        "[1, 1, 4294967300, 10]",
        () ->
            Convolutions.convTranspose2d(
                x,
                w,
                null,
                OPTIONS.withDilation(MAX, 1).withOutputPadding(MAX - 1, 0).withPadding(HALF, 0)));
    tooLarge("zeroPad2d", "[1, 1, 8, 4294967302]", () -> Padding.zeroPad2d(x, MAX, MAX, 0, 0));
    tooLarge("replicationPad2d", "[1, 1, 65542, 65542]", () -> Padding.replicationPad2d(x, 32767));
    tooLarge(
        "upsampleNearest", "[1, 1, 1, 2147483647]", () -> Upsampling.upsampleNearest(x, 1, MAX));
    tooLarge("upsampleNearest", "[1, 1, 65536, 65536]", () -> Upsampling.upsampleNearest(x, 8192));
    tooLarge(
        "upsampleBilinear",
        "[1, 1, 65536, 65536]",
        () -> Upsampling.upsampleBilinear(x, 65536, 65536));
    tooLarge(
        "concat",
        "[0, 4294967294]",
        () -> {
          Tensor none = tape.variable(NdArray.zeros(type, 0, MAX));
          Concatenation.concat(List.of(none, none), 1);
        });
    tooLarge(
        "jacobian",
        "[65536, 65536]",
        () -> Derivatives.jacobian(Tensor::square, NdArray.zeros(type, 65536)));
  }

  @Test
  void windowsOfAnyDilationAreCheckedInLong() {
    Tensor x = new Tape().variable(ramp(DType.FLOAT64, 1, 8, 8));
    assertEquals(
        "maxPool2d: a window of 3 pixels with dilation 2147483647 does not fit into H = 8 with"
            + " padding 1",
        assertThrows(
                ShapeException.class,
                () ->
                    Pooling.maxPool2d(
                        x, Pool2dOptions.kernelSize(3).withPadding(1).withDilation(MAX)))
            .getMessage());
  }
}
