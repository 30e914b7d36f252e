package org.tapegrad.check;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is known of a gradient that is wrong.
 *
 * @param worst its worst elements
 * @param common the ratio of claim and numeric derivative if it is one for all elements, else NaN
 * @param numeric the input's gradient, as claimed but for the elements that were found wrong
 * @param claimed the claimed gradient of the worst input
 */
record Mistakes(List<Mistake> worst, double common, double[] numeric, double[] claimed) {
  static final Mistakes NONE = new Mistakes(List.of(), Double.NaN, new double[0], new double[0]);

  static Mistakes of(List<Trial> worst, Examination accuser) {
    Trial first = worst.get(0);
    int b = first.input();
    double[] claimed = accuser.claimed(b);
    double[] numeric = claimed.clone();
    Stream.concat(accuser.suspects.stream(), accuser.wrongElements())
        .map(Trial::derivative)
        .filter(d -> d.input == b)
        .forEach(d -> numeric[d.element] = d.numeric.value() / d.direction[d.element]);
    double ratio = first.derivative().analytic / first.derivative().numeric.value();
    boolean everywhere =
        !first.derivative().isZero(Outcome.SURE)
            && accuser.together.stream()
                .anyMatch(t -> t.input() == b && Mistake.isTimes(t.derivative(), ratio));
    return new Mistakes(
        worst.stream().map(t -> Mistake.of(t, accuser.function)).toList(),
        everywhere ? ratio : Double.NaN,
        numeric,
        claimed);
  }

  @Override
  public String toString() {
    if (worst.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("worst elements:\n");
    worst.forEach(m -> text.append(m).append('\n'));
    if (!Double.isNaN(common)) {
      text.append(Numbers.format("  one ratio everywhere, a common factor: %.6g\n", common));
    }
    return text.toString();
  }
}
