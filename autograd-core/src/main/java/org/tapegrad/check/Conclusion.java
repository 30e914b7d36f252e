package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.tapegrad.check.Trial.Outcome;

/** The verdict of one order from all trials made for it. */
final class Conclusion {
  private static final Comparator<Trial> BADNESS =
      Comparator.<Trial, Outcome>comparing(t -> t.outcome)
          .thenComparingDouble(t -> t.discrepancy() / t.scale);

  private final List<Examination> examinations;
  private final ScalarFunction function;
  private final int order;
  private final boolean strict;

  Conclusion(List<Examination> examinations, int order, boolean strict) {
    this.examinations = examinations;
    this.function = examinations.get(0).function;
    this.order = order;
    this.strict = strict;
  }

  static int gravity(Verdict verdict) {
    if (verdict instanceof Verdict.Correct) {
      return 0;
    } else if (verdict instanceof Verdict.Kink) {
      return 1;
    } else if (verdict instanceof Verdict.Undetermined) {
      return 2;
    } else if (verdict instanceof Verdict.Vacuous) {
      return 3;
    } else if (verdict instanceof Verdict.Misbehaved broken
        && broken.fault() == Verdict.Fault.KERNEL_DIFFERS_FROM_FORMULA) {
      return 4;
    } else if (verdict instanceof Verdict.Wrong) {
      return 5;
    } else if (verdict instanceof Verdict.NotANumber) {
      return 6;
    }
    return 7;
  }

  static boolean isWorse(Trial a, Trial b) {
    return BADNESS.compare(a, b) > 0;
  }

  private Stream<Trial> trials() {
    return examinations.stream().flatMap(e -> e.trials.stream());
  }

  private Stream<Trial> trials(int input) {
    return trials().filter(t -> t.input == input);
  }

  private Optional<Trial> worst(Outcome... outcomes) {
    return trials().filter(t -> List.of(outcomes).contains(t.outcome)).max(BADNESS);
  }

  /** The trial to show, null when there is none. */
  Trial worst() {
    return trials().filter(t -> t.outcome != Outcome.FLAT).max(BADNESS).orElse(kink().orElse(null));
  }

  private Optional<Trial> kink() {
    return examinations.stream().flatMap(e -> e.kinks.stream()).findFirst();
  }

  Verdict verdict() {
    Optional<Trial> nan = worst(Outcome.ANALYTIC_NAN, Outcome.NUMERIC_NAN);
    if (nan.isPresent()) {
      return notANumber(nan.get());
    }
    Optional<Trial> wrong = worst(Outcome.WRONG);
    if (wrong.isPresent()) {
      return wrong(wrong.get());
    }
    List<String> vacuous = vacuousInputs();
    if (!vacuous.isEmpty()) {
      return new Verdict.Vacuous(vacuous);
    }
    Optional<Trial> undetermined = worst(Outcome.UNDETERMINED);
    if (undetermined.isPresent()) {
      Trial trial = undetermined.get();
      return new Verdict.Undetermined(where(trial), trial.reachable(), trial.valueNoise());
    }
    double digits =
        trials()
            .filter(t -> t.outcome == Outcome.AGREES)
            .mapToDouble(Trial::digits)
            .min()
            .orElse(0);
    return kink().map(k -> kinked(k, digits)).orElseGet(() -> new Verdict.Correct(digits));
  }

  private Verdict notANumber(Trial trial) {
    boolean analytic = !Double.isFinite(trial.analytic);
    boolean numeric = trial.ladder.firstFinite() == trial.ladder.levels();
    Verdict.Side side =
        analytic && numeric
            ? Verdict.Side.BOTH
            : analytic ? Verdict.Side.ANALYTIC : Verdict.Side.NUMERIC;
    return new Verdict.NotANumber(side, function.name(trial.input), element(trial), trial.element);
  }

  private Verdict wrong(Trial trial) {
    double unit = trial.element < 0 ? 1 : trial.direction[trial.element];
    return new Verdict.Wrong(
        function.name(trial.input),
        trial.element < 0 ? " along a random direction" : element(trial),
        trial.element,
        trial.analytic / unit,
        trial.numeric.value() / unit,
        trial.error() / Math.abs(unit),
        trial.slope);
  }

  private Verdict kinked(Trial trial, double digits) {
    double unit = trial.direction[trial.element];
    boolean turned = unit < 0;
    int count =
        (int)
            examinations.stream()
                .flatMap(e -> e.kinks.stream())
                .map(k -> List.of(k.input, k.element))
                .distinct()
                .count();
    return new Verdict.Kink(
        function.name(trial.input),
        element(trial),
        trial.element,
        trial.oneSided(turned) / unit,
        trial.oneSided(!turned) / unit,
        trial.analytic / unit,
        count,
        digits);
  }

  /**
   * A zero gradient is common from the second order on and among a module's parameters; there only
   * all of them together count.
   */
  private List<String> vacuousInputs() {
    List<String> names = new ArrayList<>();
    for (int b = 0; b < function.inputs(); b++) {
      boolean flat = trials(b).allMatch(t -> t.outcome == Outcome.FLAT);
      if (flat && kinksOf(b) == 0) {
        names.add(function.name(b));
      }
    }
    return strict || names.size() == function.inputs() ? names : List.of();
  }

  private long kinksOf(int input) {
    return examinations.stream()
        .flatMap(e -> e.kinks.stream())
        .filter(k -> k.input == input)
        .count();
  }

  private String element(Trial trial) {
    return trial.element < 0 ? "" : function.element(trial.input, trial.element);
  }

  private String where(Trial trial) {
    return function.name(trial.input) + element(trial);
  }

  List<Report.Line> lines() {
    List<Report.Line> lines = new ArrayList<>();
    for (int b = 0; b < function.inputs(); b++) {
      Optional<Trial> worst = trials(b).max(BADNESS);
      Optional<Trial> shown =
          worst.isPresent()
              ? worst
              : examinations.stream().flatMap(e -> e.kinks.stream()).findFirst();
      int tried = (int) trials(b).count() + (int) kinksOf(b);
      if (shown.isPresent()) {
        Trial trial = shown.get();
        String outcome = trial.outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        double digits =
            trials(b)
                .filter(t -> t.outcome != Outcome.FLAT)
                .mapToDouble(Trial::digits)
                .min()
                .orElse(0);
        lines.add(
            new Report.Line(
                order,
                function.name(b),
                function.point(b).length,
                tried,
                outcome,
                digits,
                ErrorCurve.of(trial)));
      }
    }
    return lines;
  }
}
