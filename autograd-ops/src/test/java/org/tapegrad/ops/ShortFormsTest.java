package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Short forms of operations are what their options say. */
class ShortFormsTest {
  private final Tape tape = new Tape();
  private final SplittableRandom random = new SplittableRandom(1);
  private final Tensor x = normal(2, 4, 6, 7);

  private Tensor normal(int... shape) {
    return tape.variable(NdArray.normal(DType.FLOAT64, random, 0, 1, shape));
  }

  private static void same(Tensor expected, Tensor actual) {
    assertEquals(expected.value(), actual.value());
  }

  @Test
  void convolutions() {
    Tensor weight = normal(4, 4, 3, 3);
    Tensor bias = normal(4);
    Conv2dOptions none = Conv2dOptions.DEFAULT;
    same(Convolutions.conv2d(x, weight, bias, none), Convolutions.conv2d(x, weight, bias));
    same(
        Convolutions.conv2d(x, weight, bias, none.withStride(2).withPadding(1)),
        Convolutions.conv2d(x, weight, bias, 2, 1));
    same(
        Convolutions.convTranspose2d(x, weight, bias, none),
        Convolutions.convTranspose2d(x, weight, bias));
    same(
        Convolutions.convTranspose2d(
            x, weight, bias, none.withStride(2).withPadding(1).withOutputPadding(1)),
        Convolutions.convTranspose2d(x, weight, bias, 2, 1, 1));
  }

  @Test
  void pooling() {
    Pool2dOptions three = Pool2dOptions.kernelSize(3).withStride(2).withPadding(1);
    same(Pooling.maxPool2d(x, three), Pooling.maxPool2d(x, 3, 2, 1));
    same(Pooling.avgPool2d(x, three), Pooling.avgPool2d(x, 3, 2, 1));
    same(Pooling.maxPool2d(x, Pool2dOptions.kernelSize(2)), Pooling.maxPool2d(x, 2));
    same(Pooling.avgPool2d(x, Pool2dOptions.kernelSize(2)), Pooling.avgPool2d(x, 2));
  }

  /** A single row has no vertical neighbours. */
  @Test
  void totalVariationOfOneRow() {
    Tensor row = x.slice(2, 0, 1);
    Tensor across = row.slice(3, 1, 7).minus(row.slice(3, 0, 6));
    same(across.abs().sum(), Losses.totalVariation(row));
    same(across.square().mean(), Losses.totalVariation(row, 2, Reduction.MEAN));
  }

  @Test
  void upsampling() {
    same(Upsampling.upsampleNearest(x, 12, 14), Upsampling.upsampleNearest(x, 2));
    same(Upsampling.upsampleBilinear(x, 12, 14), Upsampling.upsampleBilinear(x, 2));
  }
}
