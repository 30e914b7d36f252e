package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a gradient check found: the verdict, one line per order and input, and the curve of the
 * worst direction.
 */
public final class Report {

  /**
   * What was found for one input at one order.
   *
   * @param order 1 for the gradient, 2 for the gradient of the gradient
   * @param input name of the input
   * @param size its number of elements
   * @param tried directions and elements tried
   * @param outcome the worst outcome, in a word
   * @param digits digits of agreement in the worst direction
   * @param worst the curve of that direction
   * @param withoutShare elements as indices that larger ones drown and that were too many to try
   */
  public record Line(
      int order,
      String input,
      int size,
      int tried,
      String outcome,
      double digits,
      ErrorCurve worst,
      List<String> withoutShare) {
    private static final int NAMED = 5;

    @Override
    public String toString() {
      String text =
          Numbers.format(
              "  order %d  %-12s %6d elements, %4d tried: %-12s %4.1f digits\n",
              order, input, size, tried, outcome, digits);
      if (withoutShare.isEmpty()) {
        return text;
      }
      int more = withoutShare.size() - NAMED;
      return text
          + "           without a share in this answer: "
          + String.join(", ", withoutShare.subList(0, Math.min(NAMED, withoutShare.size())))
          + (more > 0 ? " and " + more + " more" : "")
          + '\n';
    }
  }

  private final Verdict verdict;
  private final List<Verdict> orders;
  private final List<Line> lines;
  private final Mistakes mistakes;
  private final ErrorCurve worst;
  private final long seed;
  private final long nanos;

  private Report(Builder builder, Verdict verdict) {
    this.verdict = verdict;
    this.orders = List.copyOf(builder.orders);
    this.lines = List.copyOf(builder.lines);
    this.mistakes = builder.mistakes;
    this.worst = builder.worst == null ? null : ErrorCurve.of(builder.worst.derivative());
    this.seed = builder.options.seed;
    this.nanos = System.nanoTime() - builder.start;
  }

  /** The gravest verdict of all orders. */
  public Verdict verdict() {
    return verdict;
  }

  /** The verdict of every order checked, the gradient itself first. */
  public List<Verdict> orders() {
    return orders;
  }

  /** One line per order and input. */
  public List<Line> lines() {
    return lines;
  }

  /** The five worst elements at most of a gradient that is Wrong, else none. */
  public List<Mistake> mistakes() {
    return mistakes.worst();
  }

  /** The curve of the worst direction, null when no direction was tried. */
  public ErrorCurve worst() {
    return worst;
  }

  /** Time the check took in seconds. */
  public double seconds() {
    return nanos * 1e-9;
  }

  /**
   * Throws an AssertionError whose message is this report, unless the verdict is Correct. Where
   * opentest4j is present it is an AssertionFailedError that for a Wrong holds the numeric
   * (expected) and claimed (actual) gradient of the worst input, equal in all elements that were
   * not found wrong.
   */
  public Report assertCorrect() {
    if (!verdict.isCorrect()) {
      throw Failure.of(toString(), mistakes.numeric(), mistakes.claimed());
    }
    return this;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < orders.size(); k++) {
      text.append("order ").append(k + 1).append(": ").append(orders.get(k).summary()).append('\n');
    }
    for (Line line : lines) {
      text.append(line);
    }
    text.append(mistakes);
    if (worst != null) {
      text.append("worst direction (seed ").append(seed).append("):\n").append(worst.plot());
    }
    return text.toString();
  }

  /** Collects examinations order by order. */
  static final class Builder {
    private final Options options;
    private final long start = System.nanoTime();
    private final List<Verdict> orders = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private List<Examination> current;
    private final List<Trial> kinks = new ArrayList<>();
    private Mistakes mistakes = Mistakes.NONE;
    private Trial worst;

    Builder(Options options) {
      this.options = options;
    }

    /**
     * Runs the examinations of one order and concludes it.
     *
     * @param strict whether a single input that nothing reacts to makes the check vacuous, or only
     *     all of them together
     * @return whether a higher order makes sense
     */
    boolean order(int order, boolean strict, Runnable examinations) {
      current = new ArrayList<>();
      Verdict verdict;
      try {
        examinations.run();
        Conclusion conclusion = new Conclusion(current, order, strict);
        verdict = conclusion.verdict();
        lines.addAll(conclusion.lines());
        mistakes = conclusion.mistakes().filter(m -> mistakes == Mistakes.NONE).orElse(mistakes);
        Trial candidate = conclusion.worst();
        worst =
            worst == null || (candidate != null && Conclusion.isWorse(candidate, worst))
                ? candidate
                : worst;
      } catch (MisbehaviourException e) {
        verdict = e.verdict();
      }
      orders.add(verdict);
      return !verdict.endsCheck();
    }

    /** Examines a function; what was found to sit on a kink before is left alone. */
    void examine(ScalarFunction function, boolean first, SplittableRandom random) {
      Examination examination = new Examination(function, options, first, random, kinks);
      current.add(examination);
      examination.run();
      kinks.addAll(examination.kinks);
    }

    Report build() {
      Verdict gravest = orders.stream().max(Comparator.comparingInt(Verdict::gravity)).get();
      if (gravest.isCorrect()) {
        double digits =
            orders.stream().mapToDouble(v -> ((Verdict.Correct) v).digits()).min().getAsDouble();
        gravest = new Verdict.Correct(digits, options.agreeingTo);
      }
      return new Report(this, gravest);
    }
  }
}
