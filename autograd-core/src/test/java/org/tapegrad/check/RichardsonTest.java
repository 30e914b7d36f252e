package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Extrapolation to step zero: exact where it can be, and never surer than its samples. */
class RichardsonTest {
  private static final double[] STEPS = steps(20, 4);

  private static double[] steps(int n, double ratio) {
    double[] h = new double[n];
    for (int k = 0; k < n; k++) {
      h[k] = Math.pow(ratio, -k);
    }
    return h;
  }

  private static double[] at(DoubleUnaryOperator d) {
    return Arrays.stream(STEPS).map(d).toArray();
  }

  @Test
  void removesOneErrorTermPerColumn() {
    Estimate even =
        Richardson.toZero(STEPS, at(h -> 3 + h * h - 2 * h * h * h * h), at(h -> 1e-16 / h), 2, 2);
    assertEquals(3, even.value(), 1e-13);
    assertTrue(even.error() < 1e-12 && even.step() > 1e-4, even::toString);
    Estimate everyPower = Richardson.toZero(STEPS, at(h -> 3 + h - h * h), at(h -> 1e-16), 1, 1);
    assertEquals(3, everyPower.value(), 1e-13);
  }

  @Test
  void theErrorEstimateCoversTheErrorInNoise() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double sigma = Math.pow(10, -random.nextInt(4, 16));
      double curvature = random.nextDouble(-5, 5);
      double[] d = at(h -> 3 + Math.cos(curvature * h) - 1 + sigma * random.nextDouble(-1, 1) / h);
      Estimate estimate = Richardson.toZero(STEPS, d, at(h -> sigma / h), 2, 2);
      assertTrue(Math.abs(estimate.value() - 3) <= 2 * estimate.error(), estimate + ", " + seed);
      assertTrue(estimate.error() >= sigma, "no more digits than the noise allows");
      assertTrue(estimate.error() < 1e4 * Math.pow(sigma, 0.6), estimate + " for " + sigma);
    }
  }

  @Test
  void largeStepsThatOverlookADetailDoNotWin() {
    // the central difference of max(x, 0) at x = 1e-9
    double[] d = at(h -> h > 1e-9 ? 0.5 + 0.5e-9 / h : 1);
    Estimate estimate = Richardson.toZero(STEPS, d, at(h -> 1e-16 / h), 2, 2);
    assertEquals(1, estimate.value(), 1e-9);
    assertTrue(
        estimate.step() < 1e-9, "although large steps agree to nine digits among themselves");
    double[] falling = at(h -> h > 1e-3 ? 1e-3 / h : 1);
    assertEquals(1, Richardson.toZero(STEPS, falling, at(h -> 1e-16 / h), 2, 2).value(), 1e-9);
  }

  @Test
  void divergenceIsNotConvergence() {
    Estimate jump = Richardson.toZero(STEPS, at(h -> 1 / h), at(h -> 1e-16 / h), 2, 2);
    assertTrue(jump.error() > 0.1 * Math.abs(jump.value()), jump::toString);
    Estimate none = Richardson.toZero(new double[0], new double[0], new double[0], 2, 2);
    assertEquals(Double.POSITIVE_INFINITY, none.error());
  }
}
