package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Functions that throw, or are not numbers, a step away from the point of the check. */
class DomainTest {

  private static double log(double x) {
    if (!(x > 0)) {
      throw new IllegalArgumentException("log of " + x);
    }
    return Math.log(x);
  }

  @Test
  void stepsOutsideOfTheDomainAreLeftOut() {
    for (long seed = 0; seed < 20; seed++) {
      GradientCheck.of(x -> log(x[0]) + log(x[1]), x -> new double[] {1 / x[0], 1 / x[1]})
          .at(1e-3, 7)
          .seed(seed)
          .assertCorrect();
      Report wrong =
          GradientCheck.of(x -> log(x[0]) + log(x[1]), x -> new double[] {1 / x[0], 2 / x[1]})
              .at(1e-3, 7)
              .seed(seed)
              .report();
      assertEquals(1, assertInstanceOf(Verdict.Wrong.class, wrong.verdict()).index());
      GradientCheck.of(
              x -> log(x[0]) - log(1 - x[0]), x -> new double[] {1 / x[0] + 1 / (1 - x[0])})
          .at(0.5)
          .seed(seed)
          .assertCorrect();
      GradientCheck.of(
              x -> x[0] / Math.sqrt(1 - x[0] * x[0]),
              x -> new double[] {Math.pow(1 - x[0] * x[0], -1.5)})
          .at(0.999999999)
          .seed(seed)
          .assertCorrect();
    }
  }

  @Test
  void boundsAreKept() {
    double[] range = {1, 0};
    GradientCheck.of(
            x -> {
              range[0] = Math.min(range[0], x[0]);
              range[1] = Math.max(range[1], x[0]);
              return x[0] * x[0];
            },
            x -> new double[] {2 * x[0]})
        .within(0.25, 1)
        .at(0.999)
        .assertCorrect();
    assertTrue(range[0] >= 0.25 && range[1] <= 1 && range[1] > 0.999, "0.25 to 1");
    assertEquals(
        "the lower bound must be below the upper, were 1.0 and 1.0",
        assertThrows(
                IllegalArgumentException.class,
                () -> GradientCheck.of(x -> x[0], x -> new double[] {1}).within(1, 1))
            .getMessage());
  }

  @Test
  void thePointItselfMustBeInside() {
    TensorCheck check = GradientCheck.of(x -> log(x[0]), x -> new double[] {1 / x[0]});
    assertEquals(
        "log of -1.0",
        assertThrows(IllegalArgumentException.class, check.at(-1.0)::report).getMessage());
    assertEquals(
        "the function takes 1 argument, at() was given 2",
        assertThrows(
                IllegalArgumentException.class, () -> check.at(new double[] {1}, new double[] {2}))
            .getMessage());
    Report infinite =
        GradientCheck.of(x -> x[0] + x[1], x -> new double[] {1, 1})
            .at(Double.POSITIVE_INFINITY, 1)
            .report();
    assertTrue(!infinite.verdict().isCorrect(), infinite::toString);
  }
}
