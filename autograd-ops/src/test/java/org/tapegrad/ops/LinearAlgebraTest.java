package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.check.GradientCheck;

class LinearAlgebraTest {
  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void gradientsAreRightToTheSecondOrder() {
    NdArray a = NdArray.normal(DType.FLOAT64, random, 0, 1, 4, 4);
    NdArray b = NdArray.normal(DType.FLOAT64, random, 0, 1, 4, 3);
    GradientCheck.of(LinearAlgebra::solve).at(a, b).orders(2).assertCorrect();
    GradientCheck.of(LinearAlgebra::inverse).at(a).orders(2).assertCorrect();
  }

  /** A step that is as large as the matrix makes it singular, which solve refuses. */
  @Test
  void stepsOfACheckStayAwayFromSingularMatrices() {
    NdArray one = NdArray.ones(DType.FLOAT64, 1, 1);
    for (long seed = 0; seed < 200; seed++) {
      GradientCheck.of(LinearAlgebra::solve).at(one, one).seed(seed).assertCorrect();
    }
  }

  @Test
  void solvesSmallMatricesOfBothTypes() {
    for (DType type : DType.values()) {
      Tape tape = new Tape();
      Tensor a = tape.variable(NdArray.of(new double[] {0, 2e-20, 4e-20, 0}, 2, 2).to(type));
      Tensor b = tape.constant(NdArray.of(new double[] {2e-20, 8e-20}, 2, 1).to(type));
      Tensor x = LinearAlgebra.solve(a, b);
      assertArrayEquals(new double[] {2, 1}, x.value().toDoubleArray(), 1e-6);
    }
  }

  @Test
  void refusesWhatHasNoSolution() {
    Tape tape = new Tape();
    Tensor singular = tape.variable(NdArray.ones(DType.FLOAT64, 2, 2));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.inverse(singular));
    assertEquals("solve: a float64[2, 2] is singular", e.getMessage());
    Tensor b = tape.constant(NdArray.ones(DType.FLOAT64, 3, 1));
    assertThrows(ShapeException.class, () -> LinearAlgebra.solve(singular, b));
    assertThrows(ShapeException.class, () -> LinearAlgebra.inverse(b));
  }
}
