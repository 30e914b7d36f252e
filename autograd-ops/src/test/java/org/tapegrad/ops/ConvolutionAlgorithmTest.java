package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.ConvolutionAlgorithm.AUTO;
import static org.tapegrad.ops.ConvolutionAlgorithm.DIRECT;
import static org.tapegrad.ops.ConvolutionAlgorithm.WINOGRAD;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Kernels;

class ConvolutionAlgorithmTest {
  private static final String PROPERTY = "tapegrad.convolution";

  @AfterEach
  void clear() {
    System.clearProperty(PROPERTY);
  }

  /** y, dx, dweight of a convolution of x[1, channels, 33, 32]. */
  private static List<NdArray> results(DType dtype, int channels, ConvolutionAlgorithm algorithm) {
    SplittableRandom random = new SplittableRandom(3);
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.normal(dtype, random, 0, 1, 1, channels, 33, 32));
    Tensor w = tape.variable(NdArray.normal(dtype, random, 0, 1, 32, channels, 3, 3));
    Conv2dOptions options = Conv2dOptions.DEFAULT.withPadding(1).withAlgorithm(algorithm);
    Tensor y = Convolutions.conv2d(x, w, null, options);
    List<NdArray> gradients = tape.gradient(y.square().sum(), List.of(x, w));
    return List.of(y.value(), gradients.get(0), gradients.get(1));
  }

  @Test
  void autoIsWinogradWhereItPays() {
    List<NdArray> winograd = results(DType.FLOAT32, 32, WINOGRAD);
    List<NdArray> direct = results(DType.FLOAT32, 32, DIRECT);
    assertEquals(winograd, results(DType.FLOAT32, 32, AUTO));
    for (int i = 0; i < 3; i++) {
      assertEquals(Kernels.VECTORIZED, !winograd.get(i).equals(direct.get(i)), "result " + i);
    }
    assertEquals(results(DType.FLOAT32, 31, DIRECT), results(DType.FLOAT32, 31, AUTO));
  }

  @Test
  void float64IsDirect() {
    List<NdArray> direct = results(DType.FLOAT64, 32, DIRECT);
    assertEquals(direct, results(DType.FLOAT64, 32, AUTO));
    assertEquals(direct, results(DType.FLOAT64, 32, WINOGRAD));
  }

  @Test
  void thePropertyDecidesWhatTheOptionLeavesOpen() {
    List<NdArray> winograd = results(DType.FLOAT32, 3, WINOGRAD);
    List<NdArray> direct = results(DType.FLOAT32, 3, DIRECT);
    System.setProperty(PROPERTY, "winograd");
    assertEquals(winograd, results(DType.FLOAT32, 3, AUTO));
    assertEquals(direct, results(DType.FLOAT32, 3, DIRECT));
    System.setProperty(PROPERTY, "direct");
    assertEquals(direct, results(DType.FLOAT32, 3, AUTO));
    assertEquals(winograd, results(DType.FLOAT32, 3, WINOGRAD));
    System.setProperty(PROPERTY, "auto");
    assertEquals(direct, results(DType.FLOAT32, 3, AUTO));
    System.setProperty(PROPERTY, "fast");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> results(DType.FLOAT32, 3, AUTO));
    assertEquals(
        "convolution: tapegrad.convolution must be auto, direct or winograd, was fast",
        e.getMessage());
  }

  /** What Winograd's method cannot do is computed directly. */
  @Test
  void otherGeometriesAreDirect() {
    Tape tape = new Tape();
    SplittableRandom random = new SplittableRandom(4);
    Tensor x = tape.constant(NdArray.normal(DType.FLOAT32, random, 0, 1, 2, 4, 9, 9));
    Tensor w = tape.constant(NdArray.normal(DType.FLOAT32, random, 0, 1, 4, 4, 3, 3));
    for (int stride = 1; stride < 3; stride++) {
      Conv2dOptions options = Conv2dOptions.DEFAULT.withStride(stride).withPadding(3);
      NdArray direct = Convolutions.conv2d(x, w, null, options.withAlgorithm(DIRECT)).value();
      NdArray other = Convolutions.conv2d(x, w, null, options.withAlgorithm(WINOGRAD)).value();
      assertEquals(direct, other);
    }
  }

  @Test
  void theTapeTells() {
    assertEquals("algorithm WINOGRAD", "" + Conv2dOptions.DEFAULT.withAlgorithm(WINOGRAD));
    assertTrue(Conv2dOptions.DEFAULT.toString().isEmpty());
    assertThrows(IllegalArgumentException.class, () -> Conv2dOptions.DEFAULT.withAlgorithm(null));
  }
}
