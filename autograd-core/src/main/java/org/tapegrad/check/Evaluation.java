package org.tapegrad.check;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.tapegrad.check.StepLadder.Shape;

/** A function at the point of a check: its value, the claim, and the rounding noise of both. */
final class Evaluation {
  private static final double REPEATABLE = 1e-10;

  final double[][] x;
  final double[][] claimed;

  private final ScalarFunction function;
  private final Directions[] directions;
  private final double agreeingTo;
  private final SplittableRandom random;
  private final double[][] finiteClaim;
  private final double centre;
  private NoiseFloor floor;

  /** Value and claim must be repeatable. */
  Evaluation(
      ScalarFunction function,
      Directions[] directions,
      double agreeingTo,
      SplittableRandom random) {
    this.function = function;
    this.directions = directions;
    this.agreeingTo = agreeingTo;
    this.random = random;
    this.x = new double[function.inputs()][];
    Arrays.setAll(x, b -> function.point(b).clone());
    this.centre = function.value(x);
    requireRepeatable(function.value(x));
    this.claimed = function.gradient(x);
    this.finiteClaim = new double[x.length][];
    for (int b = 0; b < x.length; b++) {
      finiteClaim[b] = Arrays.stream(claimed[b]).map(g -> Double.isFinite(g) ? g : 0).toArray();
      directions[b].keepFinite(finiteClaim[b]);
    }
    requireReentrant(function.gradient(x));
    measureNoise();
  }

  private void requireRepeatable(double again) {
    if (Math.abs(again - centre) > REPEATABLE * Math.abs(centre)) {
      throw new MisbehaviourException(
          Verdict.Fault.FUNCTION_NOT_REPEATABLE,
          "two evaluations at the same point gave "
              + Numbers.exact(centre)
              + " and "
              + Numbers.exact(again));
    }
  }

  private void requireReentrant(double[][] again) {
    for (int b = 0; b < x.length; b++) {
      double size = 0;
      for (double g : finiteClaim[b]) {
        size = Math.max(size, Math.abs(g));
      }
      for (int i = 0; i < x[b].length; i++) {
        if (Math.abs(again[b][i] - claimed[b][i]) > REPEATABLE * size) {
          throw new MisbehaviourException(
              Verdict.Fault.BACKWARD_NOT_REENTRANT,
              Numbers.format(
                  "the gradient of %s%s was %s at first and %s when asked for again at the same"
                      + " point",
                  function.name(b),
                  function.element(b, i),
                  Numbers.exact(claimed[b][i]),
                  Numbers.exact(again[b][i])));
        }
      }
    }
  }

  /** Measures the noise again, after elements were held. */
  void measureNoise() {
    floor = NoiseFloor.measure(function, x, directions, centre, random);
  }

  /** The scale that one element shows by itself. */
  ElementScale scale(int b, int i) {
    return ElementScale.of(function, x, b, i, centre, random);
  }

  /** The noise of one value. */
  double noise() {
    return floor.value();
  }

  /** Whether the value is a number. */
  boolean isFinite() {
    return Double.isFinite(centre);
  }

  /** Half a unit in the last place of the value. */
  double halfUlp() {
    return Math.ulp(centre) / 2;
  }

  /** Whether the value stays the same when d's elements double or vanish, zeros move by size. */
  boolean ignores(int b, double[] d) {
    double[] origin = x[b];
    double size = ElementScale.sizeOf(origin);
    boolean same = true;
    for (int sign = -1; sign <= 1; sign += 2) {
      x[b] = origin.clone();
      for (int i = 0; i < d.length; i++) {
        double own = origin[i] == 0 ? size : Math.abs(origin[i]);
        x[b][i] += d[i] == 0 ? 0 : sign * Math.copySign(own, d[i]);
      }
      same &= function.valueAround(x) == centre;
    }
    x[b] = origin;
    return same;
  }

  /**
   * The derivative along d, on a ladder of steps that starts lower where the domain ends early.
   *
   * @param noise bound on the noise of one value along d
   */
  DirectionalDerivative along(int b, int element, double[] d, Shape shape, double noise) {
    StepLadder ladder = StepLadder.along(function, x, b, d, finiteClaim[b], centre, shape);
    StepLadder lower = ladder;
    for (int i = 0; i < 2 && Double.isFinite(centre) && lower.tooSteep(); i++) {
      double start = lower.firstFiniteStep();
      lower = StepLadder.along(function, x, b, d, finiteClaim[b], centre, shape.from(start));
    }
    ladder = lower.firstFinite() < lower.levels() ? lower : ladder;
    return new DirectionalDerivative(
        b, element, d, claimed[b], finiteClaim[b], ladder, floor.with(noise), agreeingTo);
  }
}
