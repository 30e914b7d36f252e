package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.check.StepLadder.Shape;
import org.tapegrad.check.Trial.Outcome;

/** Tries one scalar function against its claimed gradient at one point. */
final class Examination {
  private static final double REPEATABLE = 1e-10;

  /** So many elements are tried one by one in the search for the worst. */
  private static final int FEW = 512;

  final ScalarFunction function;
  final Options options;
  final List<Trial> trials = new ArrayList<>();
  final List<Trial> kinks = new ArrayList<>();

  private final SplittableRandom random;
  private final double[][] x;
  private final double[][] scale;

  /** Elements on a kink, left alone from when they are found. */
  private final boolean[][] still;

  private double[][] claimed;
  private double[][] finiteClaim;
  private double centre;
  private NoiseFloor floor;

  /** Elements of {@code known}, found to sit on kinks before, are left alone. */
  Examination(
      ScalarFunction function, Options options, SplittableRandom random, List<Trial> known) {
    this.function = function;
    this.options = options;
    this.random = random;
    this.x = new double[function.inputs()][];
    this.scale = new double[x.length][];
    this.still = new boolean[x.length][];
    for (int b = 0; b < x.length; b++) {
      x[b] = function.point(b).clone();
      scale[b] = Directions.scales(x[b]);
      still[b] = new boolean[x[b].length];
    }
    known.forEach(kink -> still[kink.input][kink.element] = true);
  }

  /** Tries one direction per input and, if asked, every element. */
  void run() {
    evaluate();
    for (int b = 0; b < x.length; b++) {
      if (x[b].length == 0) {
        continue;
      }
      examine(b);
      for (int i = 0; options.everyElement() && x[b].length > 1 && i < x[b].length; i++) {
        if (still[b][i]) {
          continue;
        }
        record(confirmed(trial(b, i, single(b, i), Shape.FIRST)));
      }
    }
  }

  /** Value, claim and noise at the point; both must be repeatable. */
  private void evaluate() {
    centre = function.value(x);
    double again = function.value(x);
    if (Math.abs(again - centre) > REPEATABLE * Math.abs(centre)) {
      throw new MisbehaviourException(
          Verdict.Fault.FUNCTION_NOT_REPEATABLE,
          "two evaluations at the same point gave "
              + Numbers.exact(centre)
              + " and "
              + Numbers.exact(again));
    }
    claimed = function.gradient(x);
    finiteClaim = new double[x.length][];
    for (int b = 0; b < x.length; b++) {
      finiteClaim[b] = Arrays.stream(claimed[b]).map(g -> Double.isFinite(g) ? g : 0).toArray();
    }
    requireReentrant(function.gradient(x));
    measureNoise();
  }

  private void measureNoise() {
    floor = NoiseFloor.measure(function, x, scale, still, centre, random);
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

  private void examine(int b) {
    if (setAsideNotFinite(b)) {
      return;
    }
    double[] random = Directions.random(scale[b], this.random);
    for (int attempt = 0; ; attempt++) {
      double[] d = moving(b, random);
      if (d.length > 0 && Arrays.stream(d).allMatch(v -> v == 0)) {
        return;
      }
      Trial trial = confirmed(trial(b, d.length == 1 ? 0 : -1, d, Shape.FIRST));
      if (trial.outcome != Outcome.KINK || attempt == 3) {
        record(trial.outcome == Outcome.WRONG && d.length > 1 ? worstElement(trial) : trial);
        return;
      }
      int before = kinks.size();
      findKinks(trial, 0, d.length);
      if (kinks.size() == before) {
        Trial smooth = trial.asIfSmooth();
        record(smooth.outcome == Outcome.WRONG && d.length > 1 ? worstElement(smooth) : smooth);
        return;
      }
      measureNoise();
    }
  }

  private double[] moving(int b, double[] d) {
    double[] moving = d.clone();
    for (int i = 0; i < d.length; i++) {
      moving[i] = still[b][i] ? 0 : d[i];
    }
    return moving;
  }

  /**
   * An element whose claim is NaN or infinite settles the verdict, unless the function has a kink
   * just there.
   */
  private boolean setAsideNotFinite(int b) {
    for (int i = 0; i < x[b].length; i++) {
      if (!Double.isFinite(claimed[b][i]) && !still[b][i]) {
        Trial trial = trial(b, i, single(b, i), Shape.FIRST);
        record(trial);
        if (trial.outcome != Outcome.KINK) {
          return true;
        }
        measureNoise();
      }
    }
    return false;
  }

  private void record(Trial trial) {
    if (trial.outcome == Outcome.KINK) {
      if (trial.element >= 0
          && kinks.stream().noneMatch(k -> k.input == trial.input && k.element == trial.element)) {
        kinks.add(trial);
        still[trial.input][trial.element] = true;
      }
    } else {
      trials.add(trial);
    }
  }

  /** An accusation stands only if a second ladder with other steps repeats it, or a third. */
  private Trial confirmed(Trial trial) {
    if (trial.outcome == Outcome.AGREES
        || trial.outcome == Outcome.FLAT
        || trial.outcome.compareTo(Outcome.KINK) > 0 && trial.outcome != Outcome.WRONG) {
      return trial;
    }
    Trial second = trial(trial.input, trial.element, trial.direction, Shape.SECOND);
    if (second.outcome == trial.outcome || second.outcome == Outcome.AGREES) {
      return second;
    }
    Trial third = trial(trial.input, trial.element, trial.direction, Shape.THIRD);
    if (third.outcome == trial.outcome || third.outcome == second.outcome) {
      return third;
    }
    return second.outcome.compareTo(trial.outcome) < 0 ? second : trial;
  }

  private Trial trial(int b, int element, double[] d, Shape shape) {
    StepLadder ladder = StepLadder.along(function, x, b, d, finiteClaim[b], centre, shape);
    StepLadder lower = ladder;
    for (int i = 0; i < 2 && Double.isFinite(centre) && lower.tooSteep(); i++) {
      double start = lower.firstFiniteStep();
      lower = StepLadder.along(function, x, b, d, finiteClaim[b], centre, shape.from(start));
    }
    ladder = lower.firstFinite() < lower.levels() ? lower : ladder;
    return new Trial(b, element, d, claimed[b], finiteClaim[b], ladder, floor, options.digits());
  }

  private double[] single(int b, int i) {
    double[] d = new double[x[b].length];
    d[i] = scale[b][i];
    return d;
  }

  private double[] part(double[] d, int from, int to) {
    double[] part = new double[d.length];
    System.arraycopy(d, from, part, from, to - from);
    return part;
  }

  /**
   * Halves the direction until few elements are left, following the larger discrepancy, then tries
   * each of those.
   */
  private Trial worstElement(Trial trial) {
    int b = trial.input;
    int from = 0;
    int to = trial.direction.length;
    while (to - from > FEW) {
      int middle = (from + to) >>> 1;
      Trial left = trial(b, -1, part(trial.direction, from, middle), Shape.FIRST);
      Trial right = trial(b, -1, part(trial.direction, middle, to), Shape.FIRST);
      boolean goLeft = left.discrepancy() >= right.discrepancy();
      from = goLeft ? from : middle;
      to = goLeft ? middle : to;
    }
    Trial worst = null;
    for (int i = from; i < to; i++) {
      Trial candidate = trial(b, i, single(b, i), Shape.FIRST);
      if (candidate.outcome == Outcome.WRONG
          && (worst == null || absoluteError(candidate) > absoluteError(worst))) {
        Trial second = confirmed(candidate);
        worst = second.outcome == Outcome.WRONG ? second : worst;
      }
    }
    return worst == null ? trial : worst;
  }

  /** The discrepancy per unit of the element rather than per unit of its step. */
  private static double absoluteError(Trial trial) {
    return trial.discrepancy() / Math.abs(trial.direction[trial.element]);
  }

  /** Adds every element of [from, to) that sits on a kink. */
  private void findKinks(Trial trial, int from, int to) {
    if (to - from == 1) {
      Trial single = confirmed(trial(trial.input, from, single(trial.input, from), Shape.FIRST));
      if (single.outcome == Outcome.KINK) {
        record(single);
      }
      return;
    }
    int middle = (from + to) >>> 1;
    for (int[] half : new int[][] {{from, middle}, {middle, to}}) {
      double[] d = part(trial.direction, half[0], half[1]);
      if (Arrays.stream(d).anyMatch(v -> v != 0)
          && trial(trial.input, -1, d, Shape.FIRST).outcome == Outcome.KINK) {
        findKinks(trial, half[0], half[1]);
      }
    }
  }
}
