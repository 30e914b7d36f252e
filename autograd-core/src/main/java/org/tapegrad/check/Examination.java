package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.check.StepLadder.Shape;

/** Tries one scalar function against its claimed gradient at one point. */
final class Examination {
  /** So many elements are tried one by one in the search for the worst. */
  private static final int FEW = 512;

  final ScalarFunction function;
  final List<Trial> trials = new ArrayList<>();
  final List<Trial> kinks = new ArrayList<>();

  private final Options options;
  private final SplittableRandom random;

  /** Per input; elements on a kink are held from when they are found. */
  private final Directions[] directions;

  private Evaluation point;

  /** Elements of {@code known}, found to sit on kinks before, are left alone. */
  Examination(
      ScalarFunction function, Options options, SplittableRandom random, List<Trial> known) {
    this.function = function;
    this.options = options;
    this.random = random;
    this.directions = new Directions[function.inputs()];
    Arrays.setAll(directions, b -> new Directions(function.point(b)));
    known.forEach(kink -> directions[kink.input()].hold(kink.element()));
  }

  /** Tries one direction per input and, if asked, every element. */
  void run() {
    point = new Evaluation(function, directions, random);
    for (int b = 0; b < directions.length; b++) {
      int size = point.x[b].length;
      if (size == 0) {
        continue;
      }
      examine(b);
      for (int i = 0; options.everyElement() && size > 1 && i < size; i++) {
        if (!directions[b].isHeld(i)) {
          record(confirmed(single(b, i)));
        }
      }
    }
  }

  private void examine(int b) {
    if (setAsideNotFinite(b)) {
      return;
    }
    double[] all = directions[b].random(random);
    for (int attempt = 0; ; attempt++) {
      double[] d = directions[b].free(all);
      if (d.length > 0 && Arrays.stream(d).allMatch(v -> v == 0)) {
        return;
      }
      Trial trial = confirmed(trial(b, d.length == 1 ? 0 : -1, d, Shape.FIRST));
      if (trial.outcome() != Outcome.KINK || attempt == 3) {
        record(trial.outcome() == Outcome.WRONG && d.length > 1 ? worstElement(trial) : trial);
        return;
      }
      int before = kinks.size();
      findKinks(trial, 0, d.length);
      if (kinks.size() == before) {
        Trial smooth = trial.asIfSmooth(options.digits());
        record(smooth.outcome() == Outcome.WRONG && d.length > 1 ? worstElement(smooth) : smooth);
        return;
      }
      point.measureNoise();
    }
  }

  /**
   * An element whose claim is NaN or infinite settles the verdict, unless the function has a kink
   * just there.
   */
  private boolean setAsideNotFinite(int b) {
    for (int i = 0; i < point.claimed[b].length; i++) {
      if (!Double.isFinite(point.claimed[b][i]) && !directions[b].isHeld(i)) {
        Trial trial = single(b, i);
        record(trial);
        if (trial.outcome() != Outcome.KINK) {
          return true;
        }
        point.measureNoise();
      }
    }
    return false;
  }

  private void record(Trial trial) {
    if (trial.outcome() == Outcome.KINK) {
      if (trial.element() >= 0
          && kinks.stream()
              .noneMatch(k -> k.input() == trial.input() && k.element() == trial.element())) {
        kinks.add(trial);
        directions[trial.input()].hold(trial.element());
      }
    } else {
      trials.add(trial);
    }
  }

  /** An accusation stands only if a second ladder with other steps repeats it, or a third. */
  private Trial confirmed(Trial trial) {
    if (trial.outcome() == Outcome.AGREES
        || trial.outcome() == Outcome.FLAT
        || trial.outcome().compareTo(Outcome.KINK) > 0 && trial.outcome() != Outcome.WRONG) {
      return trial;
    }
    double[] d = trial.derivative().direction;
    Trial second = trial(trial.input(), trial.element(), d, Shape.SECOND);
    if (second.outcome() == trial.outcome() || second.outcome() == Outcome.AGREES) {
      return second;
    }
    Trial third = trial(trial.input(), trial.element(), d, Shape.THIRD);
    if (third.outcome() == trial.outcome() || third.outcome() == second.outcome()) {
      return third;
    }
    return second.outcome().compareTo(trial.outcome()) < 0 ? second : trial;
  }

  private Trial trial(int b, int element, double[] d, Shape shape) {
    return Trial.of(point.along(b, element, d, shape), options.digits());
  }

  private Trial single(int b, int i) {
    return trial(b, i, directions[b].single(i), Shape.FIRST);
  }

  /**
   * Halves the direction until few elements are left, following the larger discrepancy, then tries
   * each of those.
   */
  private Trial worstElement(Trial trial) {
    int b = trial.input();
    double[] d = trial.derivative().direction;
    int from = 0;
    int to = d.length;
    while (to - from > FEW) {
      int middle = (from + to) >>> 1;
      var left = point.along(b, -1, Directions.part(d, from, middle), Shape.FIRST);
      var right = point.along(b, -1, Directions.part(d, middle, to), Shape.FIRST);
      boolean goLeft = left.discrepancy() >= right.discrepancy();
      from = goLeft ? from : middle;
      to = goLeft ? middle : to;
    }
    Trial worst = null;
    for (int i = from; i < to; i++) {
      Trial candidate = single(b, i);
      if (candidate.outcome() == Outcome.WRONG
          && (worst == null || absoluteError(candidate) > absoluteError(worst))) {
        Trial second = confirmed(candidate);
        worst = second.outcome() == Outcome.WRONG ? second : worst;
      }
    }
    return worst == null ? trial : worst;
  }

  /** The discrepancy per unit of the element rather than per unit of its step. */
  private static double absoluteError(Trial trial) {
    DirectionalDerivative d = trial.derivative();
    return d.discrepancy() / Math.abs(d.direction[d.element]);
  }

  /** Adds every element of [from, to) that sits on a kink. */
  private void findKinks(Trial trial, int from, int to) {
    if (to - from == 1) {
      Trial single = confirmed(single(trial.input(), from));
      if (single.outcome() == Outcome.KINK) {
        record(single);
      }
      return;
    }
    int middle = (from + to) >>> 1;
    for (int[] half : new int[][] {{from, middle}, {middle, to}}) {
      double[] d = Directions.part(trial.derivative().direction, half[0], half[1]);
      if (Arrays.stream(d).anyMatch(v -> v != 0)
          && trial(trial.input(), -1, d, Shape.FIRST).outcome() == Outcome.KINK) {
        findKinks(trial, half[0], half[1]);
      }
    }
  }
}
