package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements of very different size in one input: none hides another. */
class ScalesTest {

  /** A function at a point, its gradient right or with one derivative times a factor. */
  private record Example(
      ToDoubleFunction<double[]> f, UnaryOperator<double[]> gradient, double... x) {

    Report right(long seed) {
      return GradientCheck.of(f, gradient).at(new double[][] {x}).seed(seed).report();
    }

    Report wrong(int element, double factor, long seed) {
      return GradientCheck.of(
              f,
              v -> {
                double[] g = gradient.apply(v);
                g[element] *= factor;
                return g;
              })
          .at(new double[][] {x})
          .seed(seed)
          .report();
    }

    /** The right gradient passes, and every single mistake is found where it is. */
    void isJudgedRightly() {
      for (long seed = 0; seed < 8; seed++) {
        Report right = right(seed);
        assertTrue(right.verdict().isCorrect(), right::toString);
        double[] g = gradient.apply(x);
        for (int i = 0; i < x.length; i++) {
          for (double factor : new double[] {0.99, 2, 0, -1}) {
            if (g[i] != 0) {
              Report report = wrong(i, factor, seed);
              Verdict.Wrong wrong =
                  assertInstanceOf(Verdict.Wrong.class, report.verdict(), report::toString);
              assertEquals(i, wrong.index(), report::toString);
            }
          }
        }
      }
    }
  }

  @Test
  void productsOfPhysicalConstants() {
    new Example(
            x -> x[0] * x[1] * x[2] / x[3],
            x ->
                new double[] {
                  x[1] * x[2] / x[3],
                  x[0] * x[2] / x[3],
                  x[0] * x[1] / x[3],
                  -x[0] * x[1] * x[2] / (x[3] * x[3])
                },
            6.022e23,
            1.38e-23,
            300,
            0.0224)
        .isJudgedRightly();
  }

  @Test
  void aFactorBesideATinyPhase() {
    new Example(
            x -> Math.sin(x[0] / 1e-21) * x[1],
            x -> new double[] {Math.cos(x[0] / 1e-21) / 1e-21 * x[1], Math.sin(x[0] / 1e-21)},
            1e-21,
            1)
        .isJudgedRightly();
  }

  @Test
  void pascalsBesideNanometres() {
    new Example(
            x -> x[0] * x[0] * 1e-10 + Math.exp(x[1] * 1e9),
            x -> new double[] {2e-10 * x[0], 1e9 * Math.exp(x[1] * 1e9)},
            101325,
            1e-9)
        .isJudgedRightly();
  }

  @Test
  void plancksLawInUnitsOfTheSi() {
    ScalesStudy.Known planck =
        ScalesStudy.functions().stream().filter(k -> k.name().equals("Planck")).findFirst().get();
    new Example(planck.f(), planck.gradient(), 6.62607015e-34, 299792458, 1.380649e-23, 5778, 5e-7)
        .isJudgedRightly();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e8, 1e14, 1e16, 1e20, 1e25})
  void zeroBesideALargeElement(double large) {
    new Example(
            x -> Math.sin(x[0] + 0.3) + x[1] / large,
            x -> new double[] {Math.cos(x[0] + 0.3), 1 / large},
            0,
            large)
        .isJudgedRightly();
  }

  @Test
  void zerosWithASingleLargeElement() {
    double[] x = new double[7];
    x[3] = 1e16;
    new Example(v -> Arrays.stream(v).sum(), v -> Arrays.stream(v).map(e -> 1).toArray(), x)
        .right(1)
        .assertCorrect();
    new Example(
            v -> Math.sin(v[0]) + Math.sin(2 * v[1]) + Math.sin(v[2] + 1e-16 * v[3]),
            v -> {
              double last = Math.cos(v[2] + 1e-16 * v[3]);
              return new double[] {Math.cos(v[0]), 2 * Math.cos(2 * v[1]), last, 1e-16 * last};
            },
            0,
            0,
            0,
            1e16)
        .isJudgedRightly();
  }

  /** One per cent of the small term is 27 units of noise of the large one, at most. */
  @Test
  void aTermBesideOneThatIsLarger() {
    Example buried =
        new Example(
            x -> Math.sin(x[0]) + 1e12 * x[1] * x[1],
            x -> new double[] {Math.cos(x[0]), 2e12 * x[1]},
            0.7,
            1.3);
    for (long seed = 0; seed < 20; seed++) {
      Report right = buried.right(seed);
      assertFalse(right.verdict() instanceof Verdict.Wrong, right::toString);
      for (double factor : new double[] {0.99, 2, 0, -1}) {
        Report wrong = buried.wrong(0, factor, seed);
        assertFalse(wrong.verdict().isCorrect(), wrong::toString);
        assertTrue(factor == 0.99 || wrong.verdict() instanceof Verdict.Wrong, wrong::toString);
      }
    }
  }

  /** All of the sine is 2.5 units in the last place of the value. */
  @Test
  void whatRoundingHidesIsNotPartOfACorrect() {
    Example bounded =
        new Example(
            x -> 1e17 + 20 * Math.sin(x[0] + 0.3) + x[1],
            x -> new double[] {20 * Math.cos(x[0] + 0.3), 1},
            0,
            1e6);
    for (long seed = 0; seed < 20; seed++) {
      Report right = bounded.right(seed);
      assertFalse(right.verdict() instanceof Verdict.Wrong, right::toString);
      for (double factor : new double[] {0.99, 2, 0, -1}) {
        assertFalse(bounded.wrong(0, factor, seed).verdict().isCorrect());
        assertInstanceOf(Verdict.Wrong.class, bounded.wrong(1, factor, seed).verdict());
      }
    }
  }

  /** A linear function shows its slope at steps as large as it takes. */
  @Test
  void stepsGrowBeyondTheElementWhereItDrowns() {
    new Example(x -> 1e17 + x[0] + x[1], x -> new double[] {1, 1}, 0.5, 1e12)
        .right(1)
        .assertCorrect();
    Report wrong =
        new Example(x -> 1e17 + x[0] + x[1], x -> new double[] {1, 1}, 0.5, 1e12).wrong(0, 2, 1);
    assertInstanceOf(Verdict.Wrong.class, wrong.verdict(), wrong::toString);
  }

  @Test
  void elementsTooManyToTryAreNamed() {
    double[] x = new double[300];
    Arrays.fill(x, 0.5);
    x[7] = 1;
    Report report =
        new Example(
                v -> {
                  double rest = Arrays.stream(v).map(Math::sin).sum() - Math.sin(v[7]);
                  return 1e12 * Math.exp(v[7]) + rest;
                },
                v -> {
                  double[] g = Arrays.stream(v).map(Math::cos).toArray();
                  g[7] = 1e12 * Math.exp(v[7]);
                  return g;
                },
                x)
            .right(1);
    assertFalse(report.verdict() instanceof Verdict.Wrong, report::toString);
    Report.Line line = report.lines().get(0);
    assertEquals(199, line.withoutShare().size(), report::toString);
    assertTrue(report.toString().contains("without a share in this answer: ["), report::toString);
  }

  /** Functions that vary faster than any step from the size of their input would show. */
  @Test
  void fastFunctionsAtZero() {
    for (double k : new double[] {3e11, 1e12, 1e13, 1e14}) {
      new Example(x -> Math.sin(k * x[0]), x -> new double[] {k * Math.cos(k * x[0])}, 0)
          .right(3)
          .assertCorrect();
    }
    new Example(
            x -> Math.tanh(x[0] / 1e-13),
            x -> new double[] {1e13 / Math.pow(Math.cosh(x[0] / 1e-13), 2)},
            0)
        .isJudgedRightly();
    new Example(x -> Math.atan(x[0] / 1e-15), x -> new double[] {1e15}, 0).isJudgedRightly();
  }

  /** After 40 steps the logistic map has few digits, or at r = 4 hardly any. */
  @Test
  void chaos() {
    int found = 0;
    for (int p = 1; p < 20; p++) {
      for (double r : new double[] {3.9, 4}) {
        Example map = new Example(x -> logisticMap(x[0], r)[0], x -> slope(x[0], r), p / 20.5);
        Verdict right = map.right(p).verdict();
        assertFalse(right instanceof Verdict.Wrong, right::summary);
        Verdict wrong = map.wrong(0, 2, p).verdict();
        assertFalse(wrong.isCorrect(), wrong::summary);
        assertTrue(r == 4 || wrong instanceof Verdict.Wrong, wrong::summary);
        found += r < 4 && right.isCorrect() ? 1 : 0;
      }
    }
    assertTrue(found >= 17, "" + found); // of 19, in the others steps reach fewer than 4 digits
    double accused = 6 / 41.0; // hidden between all steps
    assertFalse(
        new Example(x -> logisticMap(x[0], 4)[0], x -> slope(x[0], 4), accused).right(6).verdict()
            instanceof Verdict.Wrong);
  }

  private static double[] slope(double x, double r) {
    return new double[] {logisticMap(x, r)[1]};
  }

  /** Value and derivative. */
  private static double[] logisticMap(double x, double r) {
    double[] result = {x, 1};
    for (int i = 0; i < 40; i++) {
      result[1] *= r * (1 - 2 * result[0]);
      result[0] *= r * (1 - result[0]);
    }
    return result;
  }

  /** Rounded to six decimals the function still shows four digits of its derivative. */
  @Test
  void roundedValuesAreJudgedWithinTheirSteps() {
    for (double at = 0.2; at < 1.2; at += 0.037) {
      Example rounded =
          new Example(
              x -> Math.rint(1e6 * Math.sin(x[0])) / 1e6, x -> new double[] {Math.cos(x[0])}, at);
      Report right = rounded.right(1);
      assertFalse(right.verdict() instanceof Verdict.Wrong, right::toString);
      for (double factor : new double[] {0.99, 2, 0, -1}) {
        Report wrong = rounded.wrong(0, factor, 1);
        assertFalse(wrong.verdict().isCorrect(), wrong::toString);
      }
    }
  }

  @Test
  void theHeightOfStepsIsTold() {
    for (double step : new double[] {1e-6, 2.5e-3}) {
      Report report =
          GradientCheck.of(
                  x -> Math.rint(Math.sin(x[0]) / step) * step, x -> new double[] {Math.cos(x[0])})
              .at(0.5)
              .digits(9)
              .report();
      String text = "(values change in steps of " + Numbers.power(step) + ")";
      assertTrue(report.verdict().summary().endsWith(text), report::toString);
    }
    assertEquals("1e-6", Numbers.power(1e-6));
    assertEquals("2.5e-3", Numbers.power(2.5e-3));
    assertEquals("1e20", Numbers.power(1e20));
  }

  /** A wrong row of a Jacobian whose other output is twenty powers of ten larger. */
  @Test
  void outputsOfDifferentSizeDoNotDrownEachOther() {
    for (long seed = 0; seed < 8; seed++) {
      for (double factor : new double[] {1, 0.99, 2, 0, -1}) {
        Report report =
            GradientCheck.ofJacobian(
                    x -> new double[] {1e20 * x[0] * x[1], Math.sin(x[0]) + x[1]},
                    x -> new double[][] {{1e20 * x[1], 1e20 * x[0]}, {factor * Math.cos(x[0]), 1}})
                .at(0.4, 0.7)
                .seed(seed)
                .report();
        assertEquals(factor == 1, report.verdict().isCorrect(), report::toString);
        assertEquals(factor != 1, report.verdict() instanceof Verdict.Wrong, report::toString);
      }
    }
  }

  /** Outputs are looked at near the point too, but within the bounds. */
  @Test
  void outputsAreSizedWithinTheBounds() {
    double[] largest = {0};
    GradientCheck.ofPullback(
            x -> {
              largest[0] = Math.max(largest[0], x[0]);
              return new double[] {x[0], 1e9 * x[0]};
            },
            (x, v) -> new double[] {v[0] + 1e9 * v[1]})
        .within(0, 1)
        .at(0.99)
        .assertCorrect();
    assertTrue(largest[0] > 0.99 && largest[0] <= 1, "within the bounds: " + largest[0]);
  }

  /** At a stationary point zero is a claim like any other. */
  @Test
  void stationaryPoints() {
    stationary(x -> (x[0] - 1) * (x[0] - 1), 1);
    stationary(x -> Math.cos(x[0]), 0);
    stationary(x -> x[0] * x[1], 0, 0);
    stationary(x -> 100 * Math.pow(x[1] - x[0] * x[0], 2) + (1 - x[0]) * (1 - x[0]), 1, 1);
    stationary(
        x -> Math.pow(x[0] - 0.1, 2) + Math.pow(x[1] - 0.2, 2) + Math.pow(x[2] - 3, 2),
        0.1,
        0.2,
        3);
  }

  private static void stationary(ToDoubleFunction<double[]> f, double... x) {
    GradientCheck.of(f, v -> new double[v.length]).at(new double[][] {x}).assertCorrect();
    for (int i = 0; i < x.length; i++) {
      double[] wrong = new double[x.length];
      wrong[i] = 0.01;
      Report report = GradientCheck.of(f, v -> wrong.clone()).at(new double[][] {x}).report();
      assertInstanceOf(Verdict.Wrong.class, report.verdict(), report::toString);
    }
  }

  /**
   * Where exp is below rounding its slope is not zero, though it rises a thousandfold farther on.
   */
  @Test
  void aTailIsNoStationaryPoint() {
    for (double[] x :
        new double[][] {{-9.356228538823869e-4, -40.460975523541585}, {1.0986, -31.36}, {7, -33}}) {
      Example tail =
          new Example(v -> v[0] + Math.exp(v[1]), v -> new double[] {1, Math.exp(v[1])}, x);
      for (long seed = 0; seed < 8; seed++) {
        Report right = tail.right(seed);
        assertFalse(right.verdict() instanceof Verdict.Wrong, right::toString);
        Report wrong = tail.wrong(1, 0, seed);
        assertFalse(wrong.verdict().isCorrect(), wrong::toString);
      }
    }
  }

  /** The first step of the phase that shows is 16.1 times the value's last digit. */
  @Test
  void aPhaseThatIsRoundedMoreThanItsElements() {
    ScalesStudy.Known phases =
        ScalesStudy.functions().stream().filter(k -> k.name().equals("phases")).findFirst().get();
    new Example(
            phases.f(),
            phases.gradient(),
            -1.0389717913333435E23,
            6.701173461087026E-11,
            1.7545713341518873E-9,
            5.278090390072061E10,
            2.698174328845339E10,
            1.4983496964163523)
        .isJudgedRightly();
  }

  /** A small form of the study whose full one is {@link ScalesStudy#main}. */
  @Test
  void knownFunctionsAtRandomPoints() {
    for (ScalesStudy.Known known : ScalesStudy.functions()) {
      ScalesStudy.Row row = ScalesStudy.study(known, 12);
      assertEquals(0, row.accused(), row::toString);
      assertEquals(0, row.passed(), row::toString);
      boolean drowns =
          List.of("sum of terms", "norm", "log-sum-exp", "polynomial").contains(row.name());
      assertTrue(drowns || row.correct() == row.points(), row::toString);
      assertTrue(drowns || row.found() == row.claims(), row::toString);
      assertTrue(row.foundShowing() >= 0.9 * row.showing(), row::toString);
    }
  }
}
