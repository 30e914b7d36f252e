package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Every verdict, on plain functions that deserve it. */
class ClaimedGradientTest {

  /** The sum of f over all elements, claimed to have derivative df. */
  private static TensorCheck sumOf(DoubleUnaryOperator f, DoubleUnaryOperator df) {
    return GradientCheck.of(
        x -> Arrays.stream(x).map(f).sum(), x -> Arrays.stream(x).map(df).toArray());
  }

  private static double[] normal(int n, long seed, double mean, double deviation) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(n, -1.7, 1.7).map(v -> mean + deviation * v).toArray();
  }

  @Test
  void findsTheBestPointOfTheVCurveByItself() {
    // Squire and Trapp 1998, "Using complex variables to estimate derivatives of real functions"
    DoubleUnaryOperator f =
        x -> Math.exp(x) / Math.sqrt(Math.pow(Math.sin(x), 3) + Math.pow(Math.cos(x), 3));
    double truth = 4.05342789389862;
    double best = Double.POSITIVE_INFINITY;
    for (double h = 1; h > 1e-14; h /= 1.1) {
      double up = 1.5 + h;
      double down = 1.5 - h;
      double difference = (f.applyAsDouble(up) - f.applyAsDouble(down)) / (up - down);
      if (!Double.isNaN(difference)) {
        best = Math.min(best, Math.abs(difference - truth));
      }
    }
    TensorCheck wrong = sumOf(f, x -> truth + 1).at(new double[] {1.5});
    Verdict.Wrong verdict = assertInstanceOf(Verdict.Wrong.class, wrong.report().verdict());
    double error = Math.abs(verdict.numeric() - truth);
    assertTrue(error <= 10 * Math.max(best, 1e-14), error + " against " + best);
    assertTrue(error <= verdict.errorEstimate(), "the estimate covers the error");

    Report right = sumOf(f, x -> truth).at(new double[] {1.5}).assertCorrect();
    assertTrue(((Verdict.Correct) right.verdict()).digits() > 11, right.toString());
  }

  @Test
  void neverAccusesCorrectGradients() {
    DoubleUnaryOperator[][] pairs = {
      {Math::exp, Math::exp},
      {Math::sin, Math::cos},
      {x -> x * x * x, x -> 3 * x * x},
      {Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x)},
      {Math::abs, Math::signum},
      {x -> 1 / (1 + Math.exp(-x)), x -> Math.exp(-x) / Math.pow(1 + Math.exp(-x), 2)},
      {x -> Math.max(x, 0.1 * x), x -> x > 0 ? 1 : 0.1},
      {x -> x * Math.abs(x), x -> 2 * Math.abs(x)},
      {x -> Math.sin(1e4 * x), x -> 1e4 * Math.cos(1e4 * x)},
      {x -> 7 * x, x -> 7}
    };
    for (long seed = 0; seed < 60; seed++) {
      for (int f = 0; f < pairs.length; f++) {
        double[] x = normal(1 + (int) (seed % 7), seed, 0, 1);
        Report report = sumOf(pairs[f][0], pairs[f][1]).at(x).seed(seed).report();
        assertTrue(
            report.verdict().isCorrect(), "function " + f + ", seed " + seed + "\n" + report);
      }
    }
  }

  /** Noise that two neighbouring numbers share, as that of a solver which stops at a tolerance. */
  private static double noisySine(double x) {
    long cell = (long) Math.floor(x * 1e11);
    double noise = new SplittableRandom(cell).nextDouble(-1, 1);
    return Math.sin(x) + 1e-8 * noise;
  }

  @Test
  void coarseArithmeticAndSolverNoiseAreNotTakenForMistakes() {
    for (long seed = 0; seed < 60; seed++) {
      double[] x = normal(3, seed, 0, 1);
      Report single = sumOf(v -> (float) Math.sin(v), Math::cos).at(x).seed(seed).report();
      assertFalse(single.verdict() instanceof Verdict.Wrong, single::toString);
      Report noisy =
          sumOf(ClaimedGradientTest::noisySine, Math::cos).at(x).seed(seed).digits(3).report();
      assertFalse(noisy.verdict() instanceof Verdict.Wrong, noisy::toString);
      if (noisy.verdict() instanceof Verdict.Correct correct) {
        assertTrue(correct.digits() < 9, "no more digits than the noise leaves");
      }
      Report wrong =
          sumOf(ClaimedGradientTest::noisySine, v -> 1.1 * Math.cos(v)).at(x).seed(seed).report();
      assertFalse(wrong.verdict().isCorrect(), wrong::toString);
    }
  }

  @Test
  void worksAtAnyMagnitude() {
    for (double size : new double[] {1e-200, 1e-30, 1e-3, 1e3, 1e30, 1e200}) {
      double[] x = Arrays.stream(normal(5, 3, 0, 1)).map(v -> (v + 2) * size).toArray();
      sumOf(Math::log, v -> 1 / v).at(x).assertCorrect();
      sumOf(Math::sqrt, v -> 0.5 / Math.sqrt(v)).at(x).assertCorrect();
      Report wrong = sumOf(Math::log, v -> 1.0001 / v).at(x).report();
      assertInstanceOf(Verdict.Wrong.class, wrong.verdict(), wrong::toString);
    }
    sumOf(Math::log, v -> 1 / v).at(new double[] {1e-9, 1, 1e9}).assertCorrect();
  }

  @Test
  void seesSmallMistakesAndNamesTheElement() {
    for (int wrongElement : new int[] {0, 17, 1299}) {
      TensorCheck check =
          GradientCheck.of(
              x -> Arrays.stream(x).map(Math::sin).sum(),
              x -> {
                double[] g = Arrays.stream(x).map(Math::cos).toArray();
                g[wrongElement] *= 1 + 1e-6;
                return g;
              });
      Report report = check.at(normal(1300, 5, 0, 1)).report();
      Verdict.Wrong wrong =
          assertInstanceOf(Verdict.Wrong.class, report.verdict(), report::toString);
      assertEquals(wrongElement, wrong.index());
      assertEquals(1e-6, wrong.relativeError(), 1e-8);
      assertTrue(wrong.sureness() > 100);
      assertTrue(report.toString().contains("x[" + wrongElement + "]"), report.toString());
    }
  }

  @Test
  void theLargestMistakePerUnitIsNamed() {
    for (int worst : new int[] {1, 2}) {
      double[] factor = {1, 1.001, 1.001};
      factor[worst] = 1.01;
      Report report =
          GradientCheck.of(
                  x -> Math.sin(x[0]) + Math.sin(x[1]) + Math.sin(x[2]) + 1e-3 * x[3],
                  x ->
                      new double[] {
                        factor[0] * Math.cos(x[0]),
                        factor[1] * Math.cos(x[1]),
                        factor[2] * Math.cos(x[2]),
                        1.01e-3
                      })
              .at(new double[] {0.1, 0.2, 0.3, 1e3})
              .report();
      assertEquals(worst, assertInstanceOf(Verdict.Wrong.class, report.verdict()).index());
    }
  }

  @Test
  void aMistakeThatDirectionsBuryIsFound() {
    TensorCheck check =
        GradientCheck.of(
                x -> 1e12 * Math.sin(x[0]) + Math.sin(x[1]),
                x -> new double[] {1e12 * Math.cos(x[0]), 1.5 * Math.cos(x[1])})
            .at(new double[] {0.3, 0.4});
    for (TensorCheck each : new TensorCheck[] {check, check.everyElement()}) {
      Verdict verdict = each.report().verdict();
      assertEquals(1, assertInstanceOf(Verdict.Wrong.class, verdict).index());
    }
  }

  @Test
  void taylorSlopeIsOneForAWrongGradient() {
    Report report = sumOf(Math::exp, x -> 1.1 * Math.exp(x)).at(normal(3, 1, 0, 1)).report();
    Verdict.Wrong wrong = assertInstanceOf(Verdict.Wrong.class, report.verdict());
    assertEquals(1, wrong.slope(), 0.02);
  }

  @Test
  void kinksAreNamedWithBothDerivatives() {
    double[] x = normal(40, 2, 0, 1);
    x[11] = 0;
    x[30] = 0;
    Report report =
        sumOf(v -> Math.max(v, 0) - 3 * Math.min(v, 0), v -> v > 0 ? 1 : -3).at(x).report();
    Verdict.Kink kink = assertInstanceOf(Verdict.Kink.class, report.verdict(), report::toString);
    assertEquals(11, kink.index());
    assertEquals(2, kink.count());
    assertEquals(-3, kink.left(), 1e-9);
    assertEquals(1, kink.right(), 1e-9);
    assertTrue(kink.between());
    assertTrue(kink.digits() > 8);
    assertThrows(AssertionError.class, report::assertCorrect);

    Report symmetric = sumOf(Math::abs, Math::signum).at(new double[] {0}).report();
    assertInstanceOf(Verdict.Kink.class, symmetric.verdict(), "0 is what |x| shows centrally");
  }

  @Test
  void aMistakeBesideAKinkIsStillAMistake() {
    double[] x = normal(40, 2, 0, 1);
    x[11] = 0;
    Report report = sumOf(v -> Math.max(v, 0), v -> v > 0 ? 1.01 : 0).at(x).report();
    assertInstanceOf(Verdict.Wrong.class, report.verdict(), report::toString);
  }

  @Test
  void jumpsAndVerticalTangentsAreKinks() {
    Verdict.Kink floor = kinkOf(Math::floor, v -> 0, 2);
    assertEquals(Double.POSITIVE_INFINITY, floor.left());
    assertEquals(1, floor.right(), 1e-9);
    Verdict.Kink cbrt = kinkOf(Math::cbrt, v -> 1 / (3 * Math.cbrt(v) * Math.cbrt(v)), 0);
    assertEquals(Double.POSITIVE_INFINITY, cbrt.left());
    assertEquals(Double.POSITIVE_INFINITY, cbrt.right());
    Verdict.Kink sqrt = kinkOf(Math::sqrt, v -> 0.5 / Math.sqrt(v), 0);
    assertTrue(Double.isNaN(sqrt.left()));
    assertEquals(Double.POSITIVE_INFINITY, sqrt.right());
  }

  private static Verdict.Kink kinkOf(DoubleUnaryOperator f, DoubleUnaryOperator df, double at) {
    DoubleUnaryOperator claimed = v -> df.applyAsDouble(v) + 1;
    DoubleUnaryOperator function = v -> f.applyAsDouble(v) + v;
    Report report = sumOf(function, claimed).at(new double[] {at, 1.3, 1.4}).report();
    Verdict.Kink kink = assertInstanceOf(Verdict.Kink.class, report.verdict(), report::toString);
    assertEquals(0, kink.index());
    assertTrue(kink.digits() > 8, report.toString());
    return kink;
  }

  @Test
  void vacuousChecksAreNotPassed() {
    Report report =
        GradientCheck.ofArrays(
                x -> new double[] {x[0][0], x[0][1]},
                (x, v) -> new double[][] {{v[0], v[1]}, new double[3]})
            .at(new double[] {1, 2}, new double[] {1, 2, 3})
            .named("a", "b")
            .report();
    Verdict.Vacuous vacuous = assertInstanceOf(Verdict.Vacuous.class, report.verdict());
    assertEquals(java.util.List.of("b"), vacuous.inputs());
  }

  @Test
  void aNullSpaceBuriedInRoundingIsVacuousToo() {
    // the sum of a centred array is zero whatever the array
    Report report =
        GradientCheck.of(
                x -> {
                  double mean = Arrays.stream(x).average().getAsDouble();
                  return Arrays.stream(x).map(v -> v - mean).sum();
                },
                x -> new double[x.length])
            .at(normal(33, 4, 5, 1))
            .report();
    assertInstanceOf(Verdict.Vacuous.class, report.verdict(), report::toString);
  }

  @Test
  void tooMuchNoiseIsUndetermined() {
    Report report = sumOf(v -> 1e17 + Math.sin(v), Math::cos).at(new double[] {0.5}).report();
    Verdict.Undetermined verdict =
        assertInstanceOf(Verdict.Undetermined.class, report.verdict(), report::toString);
    assertTrue(verdict.digits() < 1);
    DoubleUnaryOperator large = v -> 1e6 * Math.exp(v);
    Report strict = sumOf(large, large).at(new double[] {0.5}).digits(14).report();
    verdict = assertInstanceOf(Verdict.Undetermined.class, strict.verdict());
    assertTrue(verdict.digits() > 10 && verdict.digits() < 14, "more digits than there are");
    assertTrue(verdict.noise() > 1e-11 && verdict.noise() < 1e-9, "an ulp of a million");
  }

  @Test
  void notANumberTellsWhose() {
    assertEquals(Verdict.Side.ANALYTIC, nanSide(sumOf(Math::exp, v -> Double.NaN)));
    assertEquals(Verdict.Side.NUMERIC, nanSide(sumOf(v -> Math.log(-1 - v * v), v -> 1)));
    assertEquals(Verdict.Side.BOTH, nanSide(sumOf(v -> Math.log(-1 - v * v), v -> Double.NaN)));
    Report one =
        GradientCheck.of(x -> x[0] + x[1], x -> new double[] {1, Double.POSITIVE_INFINITY})
            .at(new double[] {1, 2})
            .report();
    assertEquals(1, assertInstanceOf(Verdict.NotANumber.class, one.verdict()).index());
  }

  private static Verdict.Side nanSide(TensorCheck check) {
    Report report = check.at(new double[] {0.5, 0.6}).report();
    return assertInstanceOf(Verdict.NotANumber.class, report.verdict(), report::toString).side();
  }

  @Test
  void misbehaviourIsNamed() {
    Random random = new Random(1);
    assertEquals(
        Verdict.Fault.FUNCTION_NOT_REPEATABLE, fault(sumOf(v -> v + random.nextDouble(), v -> 1)));
    assertEquals(
        Verdict.Fault.BACKWARD_NOT_REENTRANT, fault(sumOf(v -> v, v -> 1 + random.nextDouble())));
    assertEquals(
        Verdict.Fault.WRONG_SHAPE, fault(GradientCheck.of(x -> x[0], x -> new double[] {1})));
    assertEquals(
        Verdict.Fault.WRONG_NUMBER_OF_GRADIENTS,
        fault(GradientCheck.ofArrays(x -> x[0], (x, v) -> new double[][] {v, v})));
    assertEquals(
        Verdict.Fault.INPUT_CHANGED,
        fault(GradientCheck.of(x -> x[0]++ + x[1], x -> new double[] {1, 1})));
    assertEquals(
        Verdict.Fault.INPUT_CHANGED,
        fault(
            GradientCheck.of(
                x -> x[0] + x[1],
                x -> {
                  x[0]++;
                  return new double[] {1, 1};
                })));
    assertEquals(
        Verdict.Fault.INPUT_CHANGED,
        fault(
            GradientCheck.ofArrays(
                x -> x[0],
                (x, v) -> {
                  v[0]++;
                  return new double[][] {v};
                })));
    assertEquals(
        Verdict.Fault.WRONG_SHAPE,
        fault(GradientCheck.ofArrays(x -> x[0], (x, v) -> new double[][] {null})));
    assertEquals(
        Verdict.Fault.WRONG_SHAPE,
        fault(GradientCheck.ofJacobian(x -> x, x -> new double[][] {{1, 0}})));
  }

  private static Verdict.Fault fault(TensorCheck check) {
    Report report = check.at(new double[] {0.5, 0.6}).report();
    return assertInstanceOf(Verdict.Misbehaved.class, report.verdict(), report::toString).fault();
  }

  private static String message(TensorCheck check) {
    Report report = check.at(new double[] {0.5, 0.6}).named("p").report();
    return assertInstanceOf(Verdict.Misbehaved.class, report.verdict(), report::toString).detail();
  }

  @Test
  void misbehaviourIsToldWithTheInputsName() {
    assertEquals(
        "the gradient of p must have 2 elements, had 1",
        message(GradientCheck.of(x -> x[0], x -> new double[] {1})));
    assertEquals(
        "the gradient of p must have 2 elements, was null",
        message(GradientCheck.ofPullback(x -> x, (x, v) -> null)));
    assertEquals(
        "expected one gradient for each of 1 inputs, got 2",
        message(GradientCheck.ofArrays(x -> x[0], (x, v) -> new double[][] {v, v})));
    assertEquals(
        "the function changed its argument p",
        message(GradientCheck.of(x -> x[0]++, x -> new double[] {1, 0})));
    assertEquals(
        "the gradient changed its argument p",
        message(GradientCheck.of(x -> x[0], x -> new double[] {x[0]++, 0})));
    assertEquals(
        "the gradient changed the cotangent it was given",
        message(
            GradientCheck.ofPullback(
                x -> x.clone(),
                (x, v) -> {
                  v[1] = 0;
                  return v;
                })));
  }

  @Test
  void misuseIsExplained() {
    TensorCheck identity = GradientCheck.ofPullback(x -> x, (x, v) -> v).at(new double[] {1, 2});
    identity.orders(1).cotangent(1, -3).assertCorrect();
    assertEquals(
        "a function on plain arrays is checked to order 1, orders was 2",
        assertThrows(IllegalArgumentException.class, () -> identity.orders(2)).getMessage());
    assertEquals(
        "cotangent must have as many elements as the value, 2, had 1",
        assertThrows(IllegalArgumentException.class, () -> identity.cotangent(1).report())
            .getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> identity.cotangent(1, 1).named("a", "b").report());
    assertThrows(
        IllegalStateException.class, () -> GradientCheck.of(x -> 1, x -> new double[1]).report());
  }

  /**
   * A value that is one number is checked as it is, so the claim is called with a cotangent of 1.
   */
  @Test
  void oneNumberNeedsNoRandomCotangent() {
    GradientCheck.ofPullback(
            x -> new double[] {x[0] * x[0]},
            (x, v) -> {
              assertArrayEquals(new double[] {1}, v);
              return new double[] {2 * x[0]};
            })
        .at(new double[] {3})
        .assertCorrect();
  }

  @Test
  void jacobians() {
    TensorCheck polar =
        GradientCheck.ofJacobian(
            x -> new double[] {x[0] * Math.cos(x[1]), x[0] * Math.sin(x[1])},
            x ->
                new double[][] {
                  {Math.cos(x[1]), -x[0] * Math.sin(x[1])}, {Math.sin(x[1]), x[0] * Math.cos(x[1])}
                });
    polar.at(new double[] {2, 0.7}).assertCorrect();
    TensorCheck transposed =
        GradientCheck.ofJacobian(
            x -> new double[] {x[0] * Math.cos(x[1]), x[0] * Math.sin(x[1])},
            x ->
                new double[][] {
                  {Math.cos(x[1]), Math.sin(x[1])}, {-x[0] * Math.sin(x[1]), x[0] * Math.cos(x[1])}
                });
    assertInstanceOf(Verdict.Wrong.class, transposed.at(new double[] {2, 0.7}).report().verdict());
  }

  @Test
  void theReportIsReadableAndThePointUntouched() {
    double[] x = {0.5, -0.25};
    double[] before = x.clone();
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () -> sumOf(Math::sin, v -> 2 * Math.cos(v)).at(x).assertCorrect());
    assertArrayEquals(before, x);
    for (String part : new String[] {"Wrong at x[", "order 1", "rounding noise", "step", "*"}) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
    assertFalse(error.getMessage().contains("NaN"), error.getMessage());
  }

  @Test
  void sameSeedSameReport() {
    TensorCheck check = sumOf(Math::sin, Math::cos).at(normal(9, 1, 0, 1)).seed(5);
    assertEquals(check.report().toString(), check.report().toString());
  }
}
