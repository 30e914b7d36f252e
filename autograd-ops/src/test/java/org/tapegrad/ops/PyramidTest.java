package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** The pyramid's filter against its definition. */
class PyramidTest {
  private static final double[] BINOMIAL = {1 / 16., 4 / 16., 6 / 16., 4 / 16., 1 / 16.};

  private static Tensor image(int... shape) {
    return new Tape().variable(NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, shape));
  }

  /** Reflected about the first and the last pixel, which are not repeated. */
  private static int mirrored(int i, int n) {
    int place = i;
    while (n > 1 && (place < 0 || place >= n)) {
      place = place < 0 ? -place : 2 * (n - 1) - place;
    }
    return n == 1 ? 0 : place;
  }

  private static void check(Tensor x, Tensor y, int stride) {
    int height = x.size(1);
    int width = x.size(2);
    assertArrayEquals(
        new int[] {x.size(0), (height + stride - 1) / stride, (width + stride - 1) / stride},
        y.shape());
    for (int c = 0; c < x.size(0); c++) {
      for (int i = 0; i < y.size(1); i++) {
        for (int j = 0; j < y.size(2); j++) {
          double sum = 0;
          for (int a = 0; a < 5; a++) {
            for (int b = 0; b < 5; b++) {
              int row = mirrored(i * stride + a - 2, height);
              int column = mirrored(j * stride + b - 2, width);
              sum += BINOMIAL[a] * BINOMIAL[b] * x.value().get(c, row, column);
            }
          }
          assertEquals(sum, y.value().get(c, i, j), 1e-14);
        }
      }
    }
  }

  @Test
  void blursAndHalves() {
    for (int[] size : new int[][] {{6, 7}, {5, 8}, {1, 9}, {2, 3}, {4, 1}}) {
      Tensor x = image(2, size[0], size[1]);
      check(x, Pyramid.blur(x), 1);
      check(x, Pyramid.downsample(x), 2);
    }
  }
}
