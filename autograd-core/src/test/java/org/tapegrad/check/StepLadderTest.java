package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class StepLadderTest {

  /** x - 1e6, which is exact near 1e6, with derivative 1. */
  private static StepLadder shifted(StepLadder.Shape shape) {
    double[] point = {1e6 + 0.1};
    ScalarFunction function =
        new ScalarFunction(
            new ArgumentProgram(
                x -> x.get(0).minus(1e6),
                List.of(NdArray.of(point, 1)),
                List.of("x"),
                null,
                new StateReset(List.of(), () -> {})),
            List.of(NdArray.ones(DType.FLOAT64, 1)),
            0);
    double[][] x = {point.clone()};
    double centre = function.value(x);
    StepLadder ladder =
        StepLadder.along(function, x, 0, new double[] {0.7e5}, new double[] {1}, centre, shape);
    assertEquals(point[0], x[0][0], "the point is restored");
    return ladder;
  }

  @Test
  void theStepThatWasRealisedCounts() {
    StepLadder ladder = shifted(StepLadder.Shape.SECOND);
    boolean rounded = false;
    for (int k = 0; k < ladder.levels(); k++) {
      assertEquals(0.7e5, ladder.central(k), 1e-9, "step " + ladder.h[k]);
      assertEquals(0, ladder.kink(k), 1e-9);
      assertEquals(0, ladder.remainder(k, 0.7e5), 1e-9 * ladder.h[k]);
      rounded |= Math.abs((ladder.plus[k] - ladder.minus[k]) / (2 * ladder.h[k]) - 0.7e5) > 1e-3;
    }
    assertTrue(rounded, "plain differences suffer from the rounding of x");
  }

  @Test
  void stepsFallToTheLastDigits() {
    StepLadder first = shifted(StepLadder.Shape.FIRST);
    assertEquals(20, first.levels());
    assertTrue(first.h[19] < 1e-11 && first.h[0] == 1);
    assertEquals(0, first.firstFinite());
  }
}
