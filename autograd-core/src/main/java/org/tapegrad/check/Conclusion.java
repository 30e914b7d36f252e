package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The verdict of one order from all trials made for it. */
final class Conclusion {
  private static final Comparator<Trial> BADNESS =
      Comparator.comparing(Trial::outcome)
          .thenComparingDouble(t -> t.derivative().discrepancy() / t.derivative().scale);

  /** So many wrong elements are listed. */
  static final int LISTED = 5;

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

  static boolean isWorse(Trial a, Trial b) {
    return BADNESS.compare(a, b) > 0;
  }

  private Stream<Trial> trials() {
    return examinations.stream().flatMap(e -> e.trials.stream());
  }

  private Stream<Trial> trials(int input) {
    return trials().filter(t -> t.input() == input);
  }

  private Optional<Trial> worst(Outcome... outcomes) {
    return trials().filter(t -> List.of(outcomes).contains(t.outcome())).max(BADNESS);
  }

  /** The trial to show, null when there is none. */
  Trial worst() {
    return trials()
        .filter(t -> t.outcome() != Outcome.FLAT)
        .max(BADNESS)
        .orElse(kink().orElse(null));
  }

  private Optional<Trial> kink() {
    return examinations.stream().flatMap(e -> e.kinks.stream()).findFirst();
  }

  Verdict verdict() {
    Optional<Trial> nan = worst(Outcome.ANALYTIC_NAN, Outcome.NUMERIC_NAN);
    if (nan.isPresent()) {
      return notANumber(nan.get().derivative());
    }
    Optional<Trial> wrong = worst(Outcome.WRONG);
    if (wrong.isPresent()) {
      return wrong(wrong.get().derivative());
    }
    List<String> vacuous = vacuousInputs();
    if (!vacuous.isEmpty()) {
      return new Verdict.Vacuous(vacuous);
    }
    Optional<Trial> undetermined = worst(Outcome.UNDETERMINED);
    if (undetermined.isPresent()) {
      DirectionalDerivative d = undetermined.get().derivative();
      String where = function.name(d.input) + element(d);
      String reason = undetermined.get().reason();
      return new Verdict.Undetermined(where, d.reachable(), d.valueNoise(), reason);
    }
    double digits =
        trials()
            .filter(t -> t.outcome() == Outcome.AGREES)
            .mapToDouble(t -> t.derivative().digits())
            .min()
            .orElse(0);
    return kink()
        .map(k -> kinked(k.derivative(), digits))
        .orElseGet(() -> new Verdict.Correct(digits, examinations.get(0).options.agreeingTo));
  }

  private Verdict notANumber(DirectionalDerivative d) {
    boolean analytic = !Double.isFinite(d.analytic);
    boolean numeric = d.ladder.firstFinite() == d.ladder.levels();
    Verdict.Side side =
        analytic && numeric
            ? Verdict.Side.BOTH
            : analytic ? Verdict.Side.ANALYTIC : Verdict.Side.NUMERIC;
    String thrown = numeric ? d.ladder.thrown() : "";
    return new Verdict.NotANumber(side, function.name(d.input), element(d), d.element, thrown);
  }

  private Verdict wrong(DirectionalDerivative d) {
    double unit = d.element < 0 ? 1 : d.direction[d.element];
    return new Verdict.Wrong(
        function.name(d.input),
        d.element < 0 ? " along a random direction" : element(d),
        d.element,
        d.analytic / unit,
        d.numeric.value() / unit,
        d.error() / Math.abs(unit),
        d.slope);
  }

  private Verdict kinked(DirectionalDerivative d, double digits) {
    double unit = d.direction[d.element];
    int count =
        (int)
            examinations.stream()
                .flatMap(e -> e.kinks.stream())
                .map(k -> List.of(k.input(), k.element()))
                .distinct()
                .count();
    return new Verdict.Kink(
        function.name(d.input),
        element(d),
        d.element,
        (unit < 0 ? d.above() : d.below()) / unit,
        (unit < 0 ? d.below() : d.above()) / unit,
        d.analytic / unit,
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
      boolean flat = trials(b).allMatch(t -> t.outcome() == Outcome.FLAT);
      if (flat && kinksOf(b) == 0) {
        names.add(function.name(b));
      }
    }
    return strict || names.size() == function.inputs() ? names : List.of();
  }

  private long kinksOf(int input) {
    return examinations.stream()
        .flatMap(e -> e.kinks.stream())
        .filter(k -> k.input() == input)
        .count();
  }

  private String element(DirectionalDerivative d) {
    return d.element < 0 ? "" : function.element(d.input, d.element);
  }

  /** Of the examination whose trial a verdict of Wrong names, if it names an element. */
  Optional<Mistakes> mistakes() {
    return worst(Outcome.WRONG)
        .filter(t -> t.element() >= 0)
        .map(
            worst ->
                examinations.stream()
                    .filter(e -> e.trials.contains(worst))
                    .map(e -> Mistakes.of(distinct(worst, e.wrongElements()), e))
                    .findFirst()
                    .get());
  }

  private static List<Trial> distinct(Trial worst, Stream<Trial> others) {
    Set<List<Integer>> seen = new HashSet<>();
    return Stream.concat(Stream.of(worst), others)
        .filter(t -> seen.add(List.of(t.input(), t.element())))
        .limit(LISTED)
        .toList();
  }

  /** Elements that no examination of this order says anything about. */
  private List<String> withoutShare(int input) {
    return examinations.get(0).withoutShare.get(input).stream()
        .filter(i -> examinations.stream().allMatch(e -> e.withoutShare.get(input).contains(i)))
        .map(i -> function.element(input, i))
        .toList();
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
        String outcome = trial.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        double digits =
            trials(b)
                .filter(t -> t.outcome() != Outcome.FLAT)
                .mapToDouble(t -> t.derivative().digits())
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
                ErrorCurve.of(trial.derivative()),
                withoutShare(b)));
      }
    }
    return lines;
  }
}
