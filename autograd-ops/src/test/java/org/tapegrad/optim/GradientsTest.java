package org.tapegrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class GradientsTest {
  private static final List<NdArray> GRADIENTS =
      List.of(
          NdArray.of(new double[] {2, -4}, 2),
          NdArray.of(new float[] {5, 6}, 1, 2)); // 4 + 16 + 25 + 36 = 81

  @Test
  void normOfAllTogether() {
    assertEquals(9, Gradients.norm(GRADIENTS));
    assertEquals(0, Gradients.norm(List.of()));
    assertEquals(1e30, Gradients.norm(List.of(NdArray.of(new float[] {1e30f}, 1))), 1e23);
  }

  @Test
  void longGradientsAreShortened() {
    List<NdArray> clipped = Gradients.clipGradNorm(GRADIENTS, 4.5);
    double factor = 4.5 / (9 + 1e-6);
    assertArrayEquals(
        new double[] {2 * factor, -4 * factor}, clipped.get(0).toDoubleArray(), 1e-15);
    assertEquals(DType.FLOAT32, clipped.get(1).dtype());
    assertEquals(4.5, Gradients.norm(clipped), 1e-6);
    assertEquals(2, GRADIENTS.get(0).get(0), "the given gradients are left alone");
    assertEquals(0, Gradients.norm(Gradients.clipGradNorm(GRADIENTS, 0)));
  }

  @Test
  void shortGradientsAreLeft() {
    assertSame(GRADIENTS, Gradients.clipGradNorm(GRADIENTS, 10));
    List<NdArray> zeros = List.of(NdArray.zeros(DType.FLOAT64, 3));
    assertEquals(zeros, Gradients.clipGradNorm(zeros, 1));
  }

  @Test
  void notANumberStaysVisible() {
    List<NdArray> lost = List.of(NdArray.of(new double[] {1, Double.NaN}, 2));
    assertTrue(Double.isNaN(Gradients.norm(lost)));
    assertTrue(Double.isNaN(Gradients.clipGradNorm(lost, 1).get(0).get(1)));
  }

  @Test
  void limitsOutOfRangeAreRefused() {
    for (double limit : new double[] {-1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> Gradients.clipGradNorm(GRADIENTS, limit));
    }
  }
}
