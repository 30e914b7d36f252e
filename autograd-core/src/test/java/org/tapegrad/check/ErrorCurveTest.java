package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The text plot, mark by mark. */
class ErrorCurveTest {

  /** One line for every one and a half powers of ten from 1e1 to 1e-17. */
  @Test
  void marksStandWhereTheirNumbersAre() {
    double[] steps = {1, 1e-2, 1e-4, 1e-6};
    double[] errors = {1, 1e-5, Double.NaN, 1e-20};
    double[] noise = {1e-17, 1e-11, 1e-5, 1e3};
    ErrorCurve curve = new ErrorCurve(steps, errors, noise, 1e-8, 1e-9);
    assertEquals(
        String.join(
            "\n",
            "   1e1 |          .",
            "       | *",
            "       |",
            "  1e-4 |",
            "       |    *  .",
            "       |",
            "  1e-8 |------------",
            "       |",
            "       |    .",
            " 1e-13 |",
            "       |",
            "       |",
            " 1e-17 | .        *",
            "       +------------",
            "   step  1e+0   1e-6",
            "   * central difference   . rounding noise   - extrapolated, all against the claim",
            ""),
        curve.plot());
  }

  @Test
  void largeErrorsRaiseTheScale() {
    double[] steps = {1, 0.1, 0.01};
    ErrorCurve curve =
        new ErrorCurve(
            steps, new double[] {1e7, 1e3, 0}, new double[] {0, 0, 0}, Double.NaN, Double.NaN);
    String[] lines = curve.plot().split("\n");
    assertEquals("   1e7 | *", lines[0]);
    assertEquals("       |    *", lines[2]);
    assertEquals(" 1e-17 | .  .  *", lines[12]);
    ErrorCurve huge = new ErrorCurve(steps, new double[] {1e300, 1, 1}, new double[3], 1, 1);
    assertEquals("  1e20 | *", huge.plot().split("\n")[0]);
  }
}
