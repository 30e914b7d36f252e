package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.InstanceNorm2d;

class InstanceNormErrorsTest {
  private final Tape tape = new Tape();
  private final Tensor x = ones(2, 3, 4, 5);

  private Tensor ones(int... shape) {
    return tape.variable(NdArray.ones(DType.FLOAT64, shape));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void aPlaneOfOneValue() {
    assertRefused(
        "instanceNorm2d: a plane of one value has no variance and would always become beta, x was"
            + " float64[2, 3, 1, 1]",
        () -> instanceNorm2d(ones(2, 3, 1, 1), null, null));
  }

  @Test
  void channelsThatDoNotMatch() {
    assertRefused(
        "instanceNorm2d: gamma must have shape [C] = [3] or [N, C] = [2, 3], was [6]",
        () -> instanceNorm2d(x, ones(6), null));
    assertRefused(
        "instanceNorm2d: beta must have shape [C] = [3] or [N, C] = [2, 3], was [3, 2]",
        () -> instanceNorm2d(x, ones(3), ones(3, 2)));
    RunningStatistics running = RunningStatistics.initial(DType.FLOAT64, 4, 0.1);
    assertRefused(
        "instanceNorm2d: running statistics must be float64[C] = [3], were float64[4]",
        () -> instanceNorm2d(x, null, null, 1e-5, running, true));
  }

  @Test
  void axesThatAreMissing() {
    assertRefused(
        "instanceNorm2d: x must be [N, C, H, W] or [C, H, W], was float64[4, 5]",
        () -> instanceNorm2d(ones(4, 5), null, null));
    assertRefused(
        "instanceNorm1d: x must be [N, C, L] or [C, L], was float64[5]",
        () -> InstanceNorm.instanceNorm1d(ones(5), null, null, 1e-5));
    assertRefused(
        "instanceNorm3d: x must be [N, C, D, H, W] or [C, D, H, W], was float64[4, 5]",
        () -> InstanceNorm.instanceNorm3d(ones(4, 5), null, null, 1e-5));
  }

  @Test
  void epsOutOfRange() {
    assertRefused(
        "instanceNorm2d: eps must be >= 0, was -1.0E-5",
        () -> instanceNorm2d(x, null, null, -1e-5));
    assertRefused(
        "instanceNorm2d: eps must be >= 0, was NaN",
        () -> instanceNorm2d(x, null, null, Double.NaN));
    assertRefused(
        "instanceNorm2d: eps must be finite, was Infinity",
        () -> instanceNorm2d(x, null, null, Double.POSITIVE_INFINITY));
  }

  @Test
  void elementTypesThatDoNotMatch() {
    Tensor single = tape.variable(NdArray.ones(DType.FLOAT32, 3));
    assertRefused(
        "instanceNorm2d: gamma must be float64 as x, was float32",
        () -> instanceNorm2d(x, single, null));
  }

  @Test
  void inputsThatAreMissing() {
    assertRefused("instanceNorm2d: x is needed, was null", () -> instanceNorm2d(null, null, null));
    assertRefused(
        "instanceNorm2d: without useInputStats it needs running statistics",
        () -> instanceNorm2d(x, null, null, 1e-5, null, false));
  }

  /** With no gamma and no beta there is nothing an operation could compare C with; a layer can. */
  @Test
  void channelsThatDoNotMatchALayerWithoutGammaAndBeta() {
    InstanceNorm2d layer =
        new InstanceNorm2d(DType.FLOAT64, 4, new InstanceNorm2d.Options(1e-5, 0.1, false, false));
    assertRefused(
        "InstanceNorm2d: x must be [N, C, H, W] or [C, H, W] with C = 4, was float64[2, 3, 4, 5]",
        () -> layer.forward(x));
  }

  /** Nothing in, nothing out, and gradients of the right shape: zeros for gamma and beta. */
  @Test
  void emptyBatchesAndImages() {
    for (int[] shape : new int[][] {{0, 3, 4, 5}, {2, 3, 0, 5}, {2, 0, 4, 5}}) {
      Tensor empty = ones(shape);
      Tensor gamma = ones(shape[1]);
      Tensor y = instanceNorm2d(empty, gamma, ones(shape[1]));
      assertArrayEquals(shape, y.shape());
      List<NdArray> gradients = tape.vjp(List.of(y), List.of(y.value()), List.of(empty, gamma));
      assertArrayEquals(shape, gradients.get(0).shape());
      assertEquals(NdArray.zeros(DType.FLOAT64, shape[1]), gradients.get(1));
    }
  }
}
