package org.tapegrad.check;

/**
 * A wrong element of a claimed gradient.
 *
 * @param element where, as in {@code x[3]}
 * @param claimed the claimed derivative
 * @param numeric the extrapolated finite difference
 * @param error how far {@code numeric} may be off
 * @param hint what the ratio of both looks like, empty if like nothing in particular
 */
public record Mistake(String element, double claimed, double numeric, double error, String hint) {

  static Mistake of(Trial trial, ScalarFunction function) {
    DirectionalDerivative d = trial.derivative();
    double unit = d.direction[d.element];
    String element = function.name(d.input) + function.element(d.input, d.element);
    return new Mistake(
        element,
        d.analytic / unit,
        d.numeric.value() / unit,
        d.error() / Math.abs(unit),
        hint(d, function.counts(d.input)));
  }

  private static String hint(DirectionalDerivative d, int[] counts) {
    if (d.isZero(Outcome.SURE)) {
      return "";
    }
    if (d.analytic == 0) {
      return "0: a missing term?";
    }
    if (isTimes(d, -1)) {
      return "-1: a sign?";
    }
    if (isTimes(d, 2) || isTimes(d, 0.5)) {
      return (isTimes(d, 2) ? "2" : "1/2") + ": a factor?";
    }
    for (int n : counts) {
      if (isTimes(d, n) || isTimes(d, 1.0 / n)) {
        return isTimes(d, n) ? n + ": a sum for a mean?" : "1/" + n + ": a mean for a sum?";
      }
    }
    return "";
  }

  /** Whether the claim is the numeric derivative times a ratio, as far as that can be told. */
  static boolean isTimes(DirectionalDerivative d, double ratio) {
    double error = d.analyticNoise + Math.abs(ratio) * d.numeric.error();
    return Math.abs(d.analytic - ratio * d.numeric.value()) <= Outcome.SURE * error;
  }

  /** Claimed by numeric. */
  public double ratio() {
    return claimed / numeric;
  }

  @Override
  public String toString() {
    return Numbers.format(
            "  %-16s claimed %-18s numeric %s %s %.1e, ratio %.6g %s",
            element,
            Numbers.exact(claimed),
            Numbers.exact(numeric),
            Numbers.plusMinus(),
            error,
            ratio(),
            hint.isEmpty() ? "" : "(" + hint + ")")
        .stripTrailing();
  }
}
