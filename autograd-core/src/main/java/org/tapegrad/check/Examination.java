package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.tapegrad.check.StepLadder.Shape;

/**
 * Tries one scalar function against its claimed gradient at one point.
 *
 * <p>All elements of an input move together first. Agreement confirms those elements that it would
 * have noticed; every other, and every element where there is no agreement, is tried on its own, by
 * the cheap steps that are guessed and then by steps found for it ({@link ElementScale}). Nothing
 * is accused before that.
 */
final class Examination {
  /** So many elements are tried one by one in the search for the worst. */
  private static final int FEW = 512;

  /** So many elements that others drown are tried one by one; the report names the rest. */
  private static final int ALONE = 100;

  /**
   * An element has a share in agreement if its part is so many times the error: one per cent of it
   * would then be ten times the error, which is when a claim is accused.
   */
  private static final double SHARE = 1e3;

  final ScalarFunction function;
  final List<Trial> trials = new ArrayList<>();
  final List<Trial> kinks = new ArrayList<>();

  /** More wrong elements of an input than the one that settles its verdict, for the report. */
  private final List<Trial> further = new ArrayList<>();

  /** Even more, which only the guessed steps say. */
  final List<Trial> suspects = new ArrayList<>();

  /** The directions through all elements of an input that a wrong element was found from. */
  final List<Trial> together = new ArrayList<>();

  /** Per input, elements that the answer says nothing about. */
  final List<Set<Integer>> withoutShare = new ArrayList<>();

  final Options options;
  private final boolean everyElement;
  private final SplittableRandom random;

  /** Per input; elements on a kink are held from when they are found. */
  private final Directions[] directions;

  private Evaluation point;

  /** Elements of {@code known}, found to sit on kinks before, are left alone. */
  Examination(
      ScalarFunction function,
      Options options,
      boolean first,
      SplittableRandom random,
      List<Trial> known) {
    this.function = function;
    this.options = options;
    this.everyElement = first && options.everyElement;
    this.random = random;
    this.directions = new Directions[function.inputs()];
    Arrays.setAll(directions, b -> new Directions(function.point(b)));
    for (int b = 0; b < directions.length; b++) {
      withoutShare.add(new TreeSet<>());
    }
    known.forEach(kink -> directions[kink.input()].hold(kink.element()));
  }

  /** Tries one direction per input and, if asked, every element. */
  void run() {
    point = new Evaluation(function, directions, options.agreeingTo, random);
    for (int b = 0; b < directions.length; b++) {
      int size = point.x[b].length;
      if (size == 0) {
        continue;
      }
      examine(b);
      for (int i = 0; everyElement && size > 1 && i < size; i++) {
        if (!directions[b].isHeld(i)) {
          record(alone(b, i));
        }
      }
    }
  }

  private void examine(int b) {
    holdWhatCannotMove(b);
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
        conclude(trial, d);
        return;
      }
      int before = kinks.size();
      findKinks(trial, 0, d.length);
      if (kinks.size() == before) {
        Trial smooth = trial.asIfSmooth(options.digits);
        if (smooth.outcome() == Outcome.WRONG) {
          conclude(smooth, d);
        } else {
          record(smooth);
        }
        return;
      }
      point.measureNoise();
    }
  }

  /** What follows from a direction through all elements: agreement, or a closer look. */
  private void conclude(Trial trial, double[] d) {
    int b = trial.input();
    if (d.length == 1) {
      record(isSettled(trial) ? trial : alone(b, 0, trial));
    } else if (trial.outcome() == Outcome.AGREES) {
      record(trial);
      tryUnnoticed(b, unnoticed(trial, d));
    } else if (trial.outcome() == Outcome.FLAT) {
      record(trial);
      if (d.length <= ALONE && !isSilent(trial)) {
        recordIfAnyShows(singles(b, d));
      }
    } else {
      oneByOne(trial, d);
    }
  }

  private List<Trial> singles(int b, double[] d) {
    List<Trial> singles = new ArrayList<>();
    for (int i = 0; i < d.length; i++) {
      if (d[i] != 0) {
        singles.add(alone(b, i));
      }
    }
    return singles;
  }

  /** Elements of a flat input count if one of them is not flat. */
  private void recordIfAnyShows(List<Trial> singles) {
    if (singles.stream().anyMatch(t -> isAnswer(t.outcome()))) {
      singles.forEach(this::record);
    }
  }

  private static boolean isAnswer(Outcome outcome) {
    return outcome == Outcome.AGREES || outcome == Outcome.WRONG;
  }

  private boolean isSettled(Trial trial) {
    return trial.outcome() == Outcome.AGREES || isSilent(trial);
  }

  /** The claim is zero and no step changes a bit of the value. */
  private boolean isSilent(Trial trial) {
    DirectionalDerivative d = trial.derivative();
    boolean silent = trial.outcome() == Outcome.FLAT && d.ladder.isConstant();
    for (int i = 0; silent && i < d.direction.length; i++) {
      silent = d.direction[i] == 0 || point.claimed[d.input][i] == 0;
    }
    return silent && point.ignores(trial.input(), trial.derivative().direction);
  }

  /** The elements of a direction that its agreement says nothing about. */
  private List<Integer> unnoticed(Trial trial, double[] d) {
    List<Integer> unnoticed = new ArrayList<>();
    double error = trial.derivative().error() + trial.derivative().bias;
    for (int i = 0; i < d.length; i++) {
      if (d[i] != 0 && Math.abs(point.claimed[trial.input()][i] * d[i]) < SHARE * error) {
        unnoticed.add(i);
      }
    }
    return unnoticed;
  }

  /** Tries elements that larger ones drown: together once more, without those, then singly. */
  private void tryUnnoticed(int b, List<Integer> elements) {
    List<Integer> left = elements;
    while (left.size() > 1) {
      double[] d = new double[point.x[b].length];
      double[] all = directions[b].random(random);
      left.forEach(i -> d[i] = all[i]);
      Trial trial = trial(b, -1, d, Shape.FIRST);
      if (isSilent(trial)) {
        record(trial);
        return;
      }
      List<Integer> rest = trial.outcome() == Outcome.AGREES ? unnoticed(trial, d) : left;
      if (rest.size() == left.size()) {
        break;
      }
      record(trial);
      left = rest;
    }
    for (int k = 0; k < left.size(); k++) {
      if (k < ALONE) {
        Trial alone = alone(b, left.get(k));
        boolean shares = alone.derivative().digitsBesidesBias() >= Math.log10(SHARE);
        boolean enough = shares && alone.outcome() == Outcome.UNDETERMINED;
        record(enough ? new Trial(alone.derivative(), Outcome.AGREES) : alone);
      } else {
        withoutShare.get(b).add(left.get(k));
      }
    }
  }

  /** No step moves an infinite element, so nothing is known of it where the value is finite. */
  private void holdWhatCannotMove(int b) {
    for (int i = 0; i < point.x[b].length; i++) {
      double own = point.x[b][i];
      if (!Double.isFinite(own) && point.isFinite() && !directions[b].isHeld(i)) {
        String reason = "the element is " + own + ", which no step moves";
        trials.add(new Trial(single(b, i).derivative(), Outcome.UNDETERMINED, reason));
        directions[b].hold(i);
        point.measureNoise();
      }
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

  /** The claimed gradient of an input. */
  double[] claimed(int b) {
    return point.claimed[b].clone();
  }

  /** The elements that were found wrong. */
  Stream<Trial> wrongElements() {
    return Stream.concat(trials.stream(), further.stream())
        .filter(t -> t.outcome() == Outcome.WRONG && t.element() >= 0);
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
    return confirmed(trial, point.noise(), Shape.SECOND, Shape.THIRD);
  }

  private Trial confirmed(Trial trial, double noise, Shape other, Shape another) {
    if (trial.outcome() == Outcome.AGREES
        || trial.outcome() == Outcome.FLAT
        || trial.outcome().compareTo(Outcome.KINK) > 0 && trial.outcome() != Outcome.WRONG) {
      return trial;
    }
    double[] d = trial.derivative().direction;
    Trial second = trial(trial.input(), trial.element(), d, other, noise);
    if (second.outcome() == trial.outcome() || second.outcome() == Outcome.AGREES) {
      boolean better = trial.derivative().digits() > second.derivative().digits();
      return second.outcome() == Outcome.UNDETERMINED && better ? trial : second;
    }
    Trial third = trial(trial.input(), trial.element(), d, another, noise);
    if (third.outcome() == trial.outcome() || third.outcome() == second.outcome()) {
      return third;
    }
    return second.outcome().compareTo(trial.outcome()) < 0 ? second : trial;
  }

  private Trial trial(int b, int element, double[] d, Shape shape) {
    return trial(b, element, d, shape, point.noise());
  }

  private Trial trial(int b, int element, double[] d, Shape shape, double noise) {
    return Trial.of(point.along(b, element, d, shape, noise), options.digits);
  }

  private Trial single(int b, int i) {
    return trial(b, i, directions[b].single(i), Shape.FIRST);
  }

  private Trial alone(int b, int i) {
    return alone(b, i, single(b, i));
  }

  /** One element by steps found for it, unless the guessed ones suffice. */
  private Trial alone(int b, int i, Trial guessed) {
    if (isSettled(guessed)
        || !Double.isFinite(point.x[b][i])
        || guessed.outcome() == Outcome.ANALYTIC_NAN
        || guessed.outcome() == Outcome.KINK && confirmed(guessed).outcome() == Outcome.KINK) {
      return guessed;
    }
    ElementScale scale = point.scale(b, i);
    double[] d = directions[b].single(i, scale.reach());
    Shape shape = Shape.of(scale, point.x[b][i]);
    Trial first = trial(b, i, d, shape, scale.noise());
    Trial trial =
        confirmed(
            first, scale.noise(), shape.from(Shape.SECOND.top()), shape.from(Shape.THIRD.top()));
    boolean beyond = scale.reach() > Math.abs(point.x[b][i]);
    boolean open =
        trial.outcome() == Outcome.UNDETERMINED
            || trial.outcome() == Outcome.FLAT
            || trial.outcome() == Outcome.KINK && beyond;
    if (!open) {
      return trial;
    }
    double effect = Math.abs(point.claimed[b][i] * point.x[b][i]);
    boolean tail = scale.plateau() && point.x[b][i] != 0 && effect < point.halfUlp();
    boolean nothing = scale.silent() && (point.claimed[b][i] == 0 || tail);
    return nothing
        ? new Trial(trial.derivative(), Outcome.FLAT)
        : new Trial(trial.derivative(), Outcome.UNDETERMINED, whatHides(scale));
  }

  private String whatHides(ElementScale scale) {
    if (scale.stairs() > 0) {
      return "values change in steps of " + Numbers.power(scale.stairs());
    }
    return scale.seen() == 0 && !scale.plateau() ? function.thrown() : "";
  }

  /**
   * Tries every element of a direction that does not agree: the worst wrong one is the answer, else
   * all of them, and once more together those that agree alone.
   */
  private void oneByOne(Trial trial, double[] d) {
    int b = trial.input();
    int[] part = fewElements(b, d);
    List<Trial> singles = new ArrayList<>();
    List<Trial> doubtful = new ArrayList<>();
    for (int i = part[0]; i < part[1]; i++) {
      if (d[i] != 0) {
        Trial single = single(b, i);
        (isSettled(single) ? singles : doubtful).add(single);
      }
    }
    doubtful.sort(Comparator.comparingDouble(Examination::absoluteError).reversed());
    double noise = point.noise();
    double[] agreeing = Directions.part(d, part[0], part[1]);
    for (int k = 0; k < doubtful.size(); k++) {
      Trial found = alone(b, doubtful.get(k).element(), doubtful.get(k));
      if (found.outcome() == Outcome.WRONG) {
        record(found);
        together.add(trial);
        addFurther(doubtful.subList(k + 1, doubtful.size()));
        return;
      }
      if (found.outcome() != Outcome.AGREES) {
        agreeing[found.element()] = 0;
      }
      noise += found.derivative().valueNoise();
      singles.add(found);
    }
    if (trial.outcome() == Outcome.WRONG) {
      Trial together = trial(b, -1, agreeing, Shape.FIRST, noise);
      together = confirmed(together, noise, Shape.SECOND, Shape.THIRD);
      if (together.outcome() == Outcome.WRONG) {
        record(together);
        return;
      }
    }
    singles.forEach(this::record);
    if (part[1] - part[0] < d.length) {
      record(new Trial(trial.derivative(), Outcome.UNDETERMINED)); // nobody looked at the others
    }
  }

  /** Tries a few more of the elements that look wrong. */
  private void addFurther(List<Trial> doubtful) {
    doubtful.stream().filter(t -> t.outcome() == Outcome.WRONG).forEach(suspects::add);
    suspects.stream()
        .limit(Conclusion.LISTED - 1)
        .forEach(t -> further.add(alone(t.input(), t.element(), t)));
  }

  /** The bounds of few elements, found by halving and following the larger discrepancy. */
  private int[] fewElements(int b, double[] d) {
    int from = 0;
    int to = d.length;
    while (to - from > FEW) {
      int middle = (from + to) >>> 1;
      boolean left = discrepancy(b, d, from, middle) >= discrepancy(b, d, middle, to);
      from = left ? from : middle;
      to = left ? middle : to;
    }
    return new int[] {from, to};
  }

  private double discrepancy(int b, double[] d, int from, int to) {
    double[] part = Directions.part(d, from, to);
    return point.along(b, -1, part, Shape.FIRST, point.noise()).discrepancy();
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
