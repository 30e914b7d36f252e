package org.tapegrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Linear;
import org.tapegrad.nn.Parameter;
import org.tapegrad.nn.Sequential;

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

  /** The mean's gradient is finite, the square root's at 0 is not, and the loss is 0. */
  @Test
  void aGradientThatIsNotFiniteNamesLineAndCause() {
    Sequential network =
        new Sequential(
            new Linear(DType.FLOAT64, new SplittableRandom(1), 2, 1),
            new Lambda("Root", y -> y.times(0).sqrt()));
    List<Parameter> parameters = network.parameters();
    Tape tape = new Tape();
    Tensor y = network.forward(tape.constant(NdArray.ones(DType.FLOAT64, 1, 2))).mean();
    List<NdArray> gradients = tape.gradientOf(y, parameters);
    assertEquals(0, y.item());
    assertEquals(
        "the gradient of 0.weight is not finite: v5 = sqrt received 1 and handed v4 Infinity"
            + " where it is 0, although all values are finite, in 1",
        assertThrows(
                ArithmeticException.class, () -> Gradients.requireFinite(y, parameters, gradients))
            .getMessage());
    List<NdArray> zeros = gradients.stream().map(g -> g.zerosLike(g.shape())).toList();
    assertSame(zeros, Gradients.requireFinite(y, parameters, zeros));
    assertThrows(
        IllegalArgumentException.class, () -> Gradients.requireFinite(y, List.of(), gradients));
    assertThrows(
        IllegalArgumentException.class, () -> Gradients.requireFinite(null, parameters, zeros));
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
