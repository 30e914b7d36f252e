package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tapegrad.Variable;
import org.tapegrad.array.NdArray;

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

  /** Cubes read from a table between whole numbers, which has nothing to say outside of it. */
  @Test
  void aTableEndsWhereItsNumbersEnd() {
    double[] table = {0, 1, 8, 27};
    for (double x : new double[] {1e-9, 0.7, 1.5, 2.25, 2.999999}) {
      int cell = (int) x;
      double slope = table[cell + 1] - table[cell];
      for (long seed = 0; seed < 20; seed++) {
        GradientCheck.of(v -> read(table, v[0]), v -> new double[] {slope})
            .at(x)
            .seed(seed)
            .assertCorrect();
        Report twice =
            GradientCheck.of(v -> read(table, v[0]), v -> new double[] {2 * slope})
                .at(x)
                .seed(seed)
                .report();
        assertInstanceOf(Verdict.Wrong.class, twice.verdict(), twice::toString);
      }
    }
  }

  private static double read(double[] table, double x) {
    int cell = (int) Math.floor(x);
    return table[cell] + (x - cell) * (table[cell + 1] - table[cell]);
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
        "the function threw java.lang.IllegalArgumentException: log of -1.0 at the point of the check,"
            + " x[0] = -1.0",
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

  @Test
  void whatWasThrownIsToldWithItsPlace() {
    for (TensorCheck check :
        new TensorCheck[] {
          GradientCheck.of(x -> onlyAt(x[0]) * x[0], x -> new double[] {1}),
          GradientCheck.of(x -> x.times(onlyAt(x.value().get(0)))).orders(1)
        }) {
      String text = check.at(0.5).report().verdict().summary();
      assertTrue(
          text.matches(
              ".*the function threw java.lang.IllegalStateException: no at x.0. = 0.[45].*"),
          text);
    }
    assertEquals(
        "the function threw java.lang.IllegalStateException: no at the point of the check, x[0] ="
            + " 0.25",
        assertThrows(
                IllegalArgumentException.class,
                GradientCheck.of(x -> x.times(onlyAt(x.value().get(0)))).at(0.25)::report)
            .getMessage());
    assertEquals(
        "the gradient threw java.lang.ArrayIndexOutOfBoundsException: Index 1 out of bounds for"
            + " length 1 at the point of the check, x[0] = 0.25",
        assertThrows(
                IllegalArgumentException.class,
                GradientCheck.of(x -> x[0], x -> new double[] {x[1]}).at(0.25)::report)
            .getMessage());
    Report zero =
        GradientCheck.of(x -> onlyAt(x[0] + 0.5) * x[1], x -> new double[] {1, 1})
            .at(0, 7)
            .report();
    assertFalse(zero.verdict().isCorrect(), zero::toString);
    assertTrue(
        zero.toString().contains("threw java.lang.IllegalStateException: no at x[0] ="),
        zero::toString);
  }

  private static double onlyAt(double x) {
    if (x != 0.5) {
      throw new IllegalStateException("no");
    }
    return 1;
  }

  @Test
  void anInfiniteElementIsLeftOut() {
    Report right =
        GradientCheck.of(
                x -> Math.exp(-x[0]) + Math.sin(x[1]), x -> new double[] {0, Math.cos(x[1])})
            .at(Double.POSITIVE_INFINITY, 1)
            .report();
    assertEquals(
        "Undetermined at x[0]: finite differences reach 0.0 digits here (the element is Infinity,"
            + " which no step moves)",
        right.verdict().summary());
    Report wrong =
        GradientCheck.of(
                x -> Math.exp(-x[0]) + Math.sin(x[1]), x -> new double[] {0, 2 * Math.cos(x[1])})
            .at(Double.POSITIVE_INFINITY, 1)
            .report();
    assertEquals(1, assertInstanceOf(Verdict.Wrong.class, wrong.verdict()).index());
  }

  /** The steps would be as large as the element; their product with the derivative is no number. */
  @Test
  void claimsNearTheLargestNumber() {
    Report overflow =
        GradientCheck.of(x -> x[0] * x[0] / 1e308, x -> new double[] {x[0] / 1e308 * 2})
            .at(1e308)
            .report();
    assertEquals(
        Verdict.Side.NUMERIC,
        assertInstanceOf(Verdict.NotANumber.class, overflow.verdict()).side());
    for (double factor : new double[] {1, 2}) {
      Report report =
          GradientCheck.of(x -> x[0] / 1e308 * x[0], x -> new double[] {factor * x[0] / 1e308 * 2})
              .at(0.8e308)
              .report();
      assertEquals(factor == 1, report.verdict().isCorrect(), report::toString);
      assertEquals(factor == 2, report.verdict() instanceof Verdict.Wrong, report::toString);
    }
  }

  @Test
  void wrongArgumentsAreOneClearError() {
    TensorCheck two =
        GradientCheck.ofArrays(
            x -> new double[] {x[0][0] * x[1][0]}, (x, v) -> new double[][] {{x[1][0]}, {x[0][0]}});
    assertEquals(
        "the function threw java.lang.ArrayIndexOutOfBoundsException: Index 1 out of bounds for"
            + " length 1 at the point of the check, x[0] = 1.0",
        assertThrows(IllegalArgumentException.class, two.at(new double[] {1})::report)
            .getMessage());
    assertEquals(
        "of: gradient is needed, was null",
        assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(x -> 1, null))
            .getMessage());
    assertEquals(
        "at: array 1 is needed, was null",
        assertThrows(IllegalArgumentException.class, () -> two.at(new double[1], null))
            .getMessage());
    Variable empty =
        new Variable() {
          @Override
          public String name() {
            return "w";
          }

          @Override
          public NdArray value() {
            return null;
          }
        };
    assertEquals(
        "variable w: a value is needed, was null",
        assertThrows(
                IllegalArgumentException.class,
                GradientCheck.onTape(tape -> tape.variable(empty)).withRespectTo(empty)::report)
            .getMessage());
    assertEquals(
        "Wrong shape: row 0 of the Jacobian must have 1 elements, was null",
        GradientCheck.ofJacobian(x -> x, x -> new double[1][]).at(1).report().verdict().summary());
    assertEquals(
        "Wrong number of gradients: expected one gradient for each of 1 inputs, got null",
        GradientCheck.ofArrays(x -> x[0], (x, v) -> null)
            .at(new double[] {1})
            .report()
            .verdict()
            .summary());
  }
}
