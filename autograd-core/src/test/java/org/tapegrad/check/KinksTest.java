package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Where a function is not differentiable: what is told of it, and what is not taken for it. */
class KinksTest {

  private static Verdict verdict(DoubleUnaryOperator f, DoubleUnaryOperator df, double... at) {
    return GradientCheck.of(
            x -> Arrays.stream(x).map(f).sum(), x -> Arrays.stream(x).map(df).toArray())
        .at(at)
        .report()
        .verdict();
  }

  private static Verdict.Kink kink(DoubleUnaryOperator f, DoubleUnaryOperator df, double... at) {
    return assertInstanceOf(Verdict.Kink.class, verdict(f, df, at));
  }

  @Test
  void bothSidesAreExtrapolated() {
    Verdict.Kink kink =
        kink(v -> v > 0 ? Math.exp(v) : 1 + Math.sin(-3 * v), v -> v > 0 ? Math.exp(v) : -3, 0);
    assertEquals(-3, kink.left(), 1e-9);
    assertEquals(1, kink.right(), 1e-9);
    assertEquals(-3, kink.analytic());
    assertTrue(kink.between());
  }

  /** Far from zero x + h and x - h are rounded, each in its own way. */
  @Test
  void bothSidesAreRightWhereStepsAreRounded() {
    double c = 1e6 + 0.1;
    Verdict.Kink kink = kink(v -> v > c ? v - c : 3 * (c - v), v -> v > c ? 1 : -3, c);
    assertEquals(-3, kink.left(), 1e-9);
    assertEquals(1, kink.right(), 1e-9);
  }

  @Test
  void theOtherSideMayBeOutsideOfTheDomain() {
    Verdict.Kink lower =
        kink(v -> 3 + 2 * v + Math.pow(v, 1.5), v -> 2 + 1.5 * Math.sqrt(v), 0, 1, 2);
    assertTrue(Double.isNaN(lower.left()));
    assertEquals(2, lower.right(), 1e-4);
    Verdict.Kink upper =
        kink(v -> 3 - 2 * v + Math.pow(-v, 1.5), v -> -2 - 1.5 * Math.sqrt(-v), 0, -1, -2);
    assertEquals(-2, upper.left(), 1e-4);
    assertTrue(Double.isNaN(upper.right()));
  }

  @Test
  void smallJumpsAreSeenAndSmallerBendsAreNot() {
    Verdict.Kink jump = kink(v -> v + (v >= 2 ? 1e-4 : 0), v -> 1, 2);
    assertEquals(Double.POSITIVE_INFINITY, jump.left());
    assertEquals(1, jump.right(), 1e-9);
    Verdict.Kink bend = kink(v -> v + 1e-4 * Math.abs(v), v -> 1, 0);
    assertEquals(1 - 1e-4, bend.left(), 1e-9);
    assertEquals(1 + 1e-4, bend.right(), 1e-9);
    assertTrue(verdict(v -> v + 1e-8 * Math.abs(v), v -> 1, 0).isCorrect());
    assertTrue(verdict(v -> Math.tanh(1e4 * v), v -> 1e4, 0).isCorrect(), "steep, not a jump");
  }

  @Test
  void kinksOfAllInputsAreCounted() {
    Report report =
        GradientCheck.ofArrays(
                x -> new double[] {Math.abs(x[0][0]) + x[0][1] + Math.abs(x[1][0])},
                (x, v) -> new double[][] {{0, v[0]}, {0}})
            .at(new double[] {0, 1}, new double[] {0})
            .everyElement()
            .report();
    Verdict.Kink kink = assertInstanceOf(Verdict.Kink.class, report.verdict(), report::toString);
    assertEquals(2, kink.count());
    assertEquals(0, kink.index());
  }

  /** Along the axes the root is zero, along the diagonal it is |t|. */
  @Test
  void aKinkThatNoElementShowsLeavesTheClaimOpen() {
    TensorCheck right =
        GradientCheck.of(
            x -> Math.sqrt(Math.abs(x[0] * x[1])) + 2 * x[0] + 3 * x[1], x -> new double[] {2, 3});
    Report open = right.at(new double[2]).report();
    assertInstanceOf(Verdict.Undetermined.class, open.verdict(), open::toString);
    TensorCheck wrong =
        GradientCheck.of(
            x -> Math.sqrt(Math.abs(x[0] * x[1])) + 2 * x[0] + 3 * x[1],
            x -> new double[] {2, 3.1});
    Report accused = wrong.at(new double[2]).report();
    assertEquals(1, assertInstanceOf(Verdict.Wrong.class, accused.verdict()).index());
  }
}
