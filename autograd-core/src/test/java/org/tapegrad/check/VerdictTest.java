package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What verdicts say, and the arithmetic beneath them. */
class VerdictTest {

  private static Verdict.Kink kink(double left, double right, double claimed) {
    return new Verdict.Kink("x", "[3]", 3, left, right, claimed, 1, 9);
  }

  @Test
  void subgradientsLieBetween() {
    double infinity = Double.POSITIVE_INFINITY;
    for (double[] k :
        new double[][] {
          {-3, 1, -3},
          {-3, 1, 0},
          {-3, 1, 1},
          {1, -3, 0},
          {Double.NaN, 2, 2},
          {2, Double.NaN, 2},
          {1, infinity, 5}
        }) {
      assertTrue(kink(k[0], k[1], k[2]).between(), Arrays.toString(k));
    }
    for (double[] k :
        new double[][] {
          {-3, 1, -3.5},
          {-3, 1, 1.5},
          {1, -3, 2},
          {Double.NaN, 2, 1},
          {Double.NaN, 2, 3},
          {2, Double.NaN, 1},
          {2, Double.NaN, 3},
          {1, infinity, 0}
        }) {
      assertFalse(kink(k[0], k[1], k[2]).between(), Arrays.toString(k));
    }
  }

  @Test
  void kinksAreToldInASentence() {
    String text =
        "Kink at x[3]: derivative -3.00000 from the left, 1.00000 from the right, claimed ";
    assertEquals(
        text + "0.00000 (between them); elsewhere 9.0 digits agree", kink(-3, 1, 0).summary());
    assertEquals(
        text
            + "2.00000 (not between them), and 4 more such elements; there is nothing else to compare",
        new Verdict.Kink("x", "[3]", 3, -3, 1, 2, 5, 0).summary());
  }

  /** Large terms that cancel leave the small ones, in any order. */
  @Test
  void sumsLoseNothing() {
    double[] a = {1e16, 3, -1e16, 1, 0.125, 7e15, -7e15, 2e16, -2e16};
    BigDecimal exact = BigDecimal.ZERO;
    for (double v : a) {
      exact = exact.add(new BigDecimal(v));
    }
    for (int turn = 0; turn < a.length; turn++) {
      CompensatedSum sum = new CompensatedSum();
      for (int i = 0; i < a.length; i++) {
        sum.add(a[(i + turn) % a.length]);
      }
      assertEquals(exact.doubleValue(), sum.value());
    }
    double third = 1 / 3.0;
    double[] x = {third, -1};
    double[] y = {third, third * third};
    BigDecimal left = new BigDecimal(third).pow(2).subtract(new BigDecimal(third * third));
    assertEquals(left.doubleValue(), CompensatedSum.dot(x, y), 1e-30);
    CompensatedSum infinite = new CompensatedSum();
    infinite.add(Double.POSITIVE_INFINITY);
    assertEquals(Double.POSITIVE_INFINITY, infinite.value());
  }

  @Test
  void cotangentsHaveNoSmallComponents() {
    double[] v = Cotangents.random(1000, new SplittableRandom(1));
    assertTrue(Arrays.stream(v).allMatch(c -> Math.abs(c) >= 0.5 && Math.abs(c) < 1.5));
    assertEquals(500, Arrays.stream(v).filter(c -> c > 0).count(), 60);
    assertEquals(1, Arrays.stream(v).map(Math::abs).average().getAsDouble(), 0.05);
  }
}
