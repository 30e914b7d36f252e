package org.tapegrad;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.tapegrad.Explanation.Line;
import org.tapegrad.Trace.Handed;
import org.tapegrad.array.NdArray;

/** Finds out why a gradient is what it is, by following it back to where it came about. */
final class Reasons {
  private final List<Line> lines;
  private final Tensor y;
  private final Trace trace;

  /** Of lines of which it is known. */
  private final Why[] reasons;

  private Uses uses;

  Reasons(List<Line> lines, Trace trace) {
    this.lines = lines;
    this.y = trace.y;
    this.trace = trace;
    this.reasons = new Why[lines.size()];
  }

  Why why(Tensor x) {
    if (x.index() >= lines.size() || x.index() > y.index() && !y.isConstant()) {
      return new Why.AfterLoss(v(x.index()) + " was recorded after " + output());
    }
    NdArray gradient = trace.gradient(x.index());
    if (gradient == null) {
      return absent(x.index());
    } else if (!gradient.isFinite()) {
      return followed(x.index(), this::notFiniteBefore, this::notFiniteAt);
    } else if (gradient.size() > 0 && trace.isZero(x.index())) {
      return followed(x.index(), this::vanishedBefore, this::vanishedAt);
    }
    return flows(x.index(), gradient);
  }

  private Why flows(int x, NdArray gradient) {
    if (x == y.index()) {
      return new Why.Flows(v(x) + " is the output itself");
    }
    int zeros = count(gradient.equal(0));
    String some = zeros == 0 ? "" : "; %d of %d numbers are 0".formatted(zeros, gradient.size());
    return new Why.Flows(v(x) + " receives " + parts(x) + some);
  }

  /**
   * Goes to the line to blame until that is the line itself; its reason is that of all lines on the
   * way.
   */
  private Why followed(int x, IntUnaryOperator blamed, IntFunction<Why> reason) {
    int end = x;
    while (reasons[end] == null && blamed.applyAsInt(end) != end) {
      end = blamed.applyAsInt(end);
    }
    Why found = reasons[end] == null ? reason.apply(end) : reasons[end];
    for (int i = x; i != end; i = blamed.applyAsInt(i)) {
      reasons[i] = found;
    }
    reasons[end] = found;
    return found;
  }

  // No gradient arrives.

  private Why absent(int x) {
    if (uses == null) {
      uses = new Uses(lines, y);
    }
    int taken = uses.taken[x];
    if (taken != Uses.NOWHERE) {
      String array = "a constant that has the array of " + v(uses.detached[x]);
      return taken == lines.size()
          ? new Why.Detached("the output is " + array, at(uses.detached[x]))
          : new Why.Detached(
              "%s takes %s: it is detached there".formatted(named(lines.get(taken)), array),
              at(taken));
    }
    int first = uses.first[x];
    int last = uses.last[x];
    if (last == x) {
      return new Why.NotUsed("no line uses " + v(x));
    }
    return new Why.NoPath(
        first > y.index() && !y.isConstant()
            ? "%s is used only after %s, first in %s"
                .formatted(v(x), output(), named(lines.get(first)))
            : "nothing leads from %s to %s, the last line that depends on it is %s"
                .formatted(v(x), output(), named(lines.get(last))),
        at(last));
  }

  // A gradient arrives that is not finite.

  private Optional<Handed> notFiniteHanded(int to) {
    return trace.received(to).stream().filter(h -> !h.gradient().isFinite()).findFirst();
  }

  /** The line that had received what is not finite. */
  private int notFiniteBefore(int to) {
    Optional<Handed> bad = notFiniteHanded(to);
    return bad.isEmpty() || trace.gradient(bad.get().from()).isFinite() ? to : bad.get().from();
  }

  private Why notFiniteAt(int to) {
    return notFiniteHanded(to)
        .map(this::began)
        .orElseGet(
            () ->
                new Why.NotFinite(
                    "%s receives %s, whose sum is not finite".formatted(v(to), parts(to)),
                    at(to),
                    false));
  }

  /** A line received finite numbers and handed on others. */
  private Why began(Handed h) {
    boolean[] above = Uses.leadingTo(lines, h.from());
    for (int i = 0; i < above.length; i++) {
      NdArray value = lines.get(i).output().value();
      if (above[i] && !value.isFinite()) {
        return new Why.NotFinite(forwards(lines.get(i)), at(i), true);
      }
    }
    Line line = lines.get(h.from());
    for (Tensor t : line.inputs()) {
      if (t != null && !t.value().isFinite()) {
        return new Why.NotFinite(
            named(line) + " takes a constant that is not finite", at(line.number()), true);
      }
    }
    return new Why.NotFinite(
        "%s received %s and handed %s %s%s, although all values are finite"
            .formatted(
                named(line),
                Numbers.of(trace.gradient(h.from())),
                v(h.to()),
                Numbers.of(firstNonFinite(h.gradient(), h.gradient())),
                where(h.to(), h.gradient())),
        at(line.number()),
        false);
  }

  private String forwards(Line line) {
    NdArray value = line.output().value();
    String bad = Numbers.of(firstNonFinite(value, value));
    String count =
        value.size() == 1
            ? ""
            : ", %d of %d numbers".formatted(count(value.map(Reasons::bad)), value.size());
    String input =
        line.inputs().stream()
            .filter(t -> t != null && value.isLike(t.value()))
            .map(
                t ->
                    (t.isConstant() ? "a constant" : v(t.index()))
                        + " is "
                        + Numbers.of(firstNonFinite(value, t.value())))
            .collect(Collectors.joining(" and "));
    return "%s is %s%s%s"
        .formatted(named(line), bad, input.isEmpty() ? "" : " where " + input, count);
  }

  private String where(int x, NdArray like) {
    NdArray value = lines.get(x).output().value();
    return " where it is " + Numbers.of(firstNonFinite(like, value));
  }

  /** The element of b where a is first not finite. */
  private static double firstNonFinite(NdArray a, NdArray b) {
    double[] values = a.toDoubleArray();
    int i = 0;
    while (Double.isFinite(values[i])) {
      i++;
    }
    return b.toDoubleArray()[i];
  }

  private static double bad(double v) {
    return Double.isFinite(v) ? 0 : 1;
  }

  // A gradient arrives that is zero, or what rounding left of it.

  private boolean meetsAndCancels(int to) {
    return trace.received(to).stream().anyMatch(h -> !h.isZero());
  }

  /** The last line that handed on nothing because it had received nothing. */
  private int vanishedBefore(int to) {
    Handed last = trace.received(to).get(0);
    return meetsAndCancels(to) || !trace.isZero(last.from()) ? to : last.from();
  }

  private Why vanishedAt(int to) {
    return meetsAndCancels(to)
        ? new Why.Cancels(parts(to) + " meet at " + v(to) + " and cancel", at(to))
        : vanishedIn(trace.received(to).get(0));
  }

  /** A line received something and handed on nothing. */
  private Why vanishedIn(Handed h) {
    Line line = lines.get(h.from());
    String received =
        "%s received %s and handed %s "
            .formatted(named(line), Numbers.of(trace.gradient(h.from())), v(h.to()));
    if (h.parts() > 0 && h.parts() < Trace.leastNormal(h.gradient())) {
      String type = h.gradient().dtype().toString();
      return new Why.Zeroed(
          received + "zeros: what is left is too small for " + type, at(h.from()));
    } else if (h.parts() == 0) {
      return new Why.Zeroed(received + "zeros: " + Slopes.zero(line, h.slot()), at(h.from()));
    }
    double left = Trace.largest(h.gradient());
    return new Why.Cancels(
        received
            + (left == 0
                ? "zeros"
                : "no more than %s, which is rounding".formatted(Numbers.of(left)))
            + ": the parts are not zero, their sum is",
        at(h.from()));
  }

  // Words.

  /** What a line received and from whom, of many only the first. */
  private String parts(int x) {
    List<Handed> all = trace.received(x);
    return all.stream()
            .limit(PARTS)
            .map(h -> Numbers.of(h.gradient()) + " from " + v(h.from()))
            .collect(Collectors.joining(" and "))
        + (all.size() > PARTS ? " and %d more".formatted(all.size() - PARTS) : "");
  }

  private static final int PARTS = 6;

  private String output() {
    return y.isConstant() ? "the output, a constant" : v(y.index());
  }

  private static String named(Line line) {
    return v(line.number()) + " = " + line.op();
  }

  private static OptionalInt at(int line) {
    return OptionalInt.of(line);
  }

  private static String v(int line) {
    return "v" + line;
  }

  private static int count(NdArray ones) {
    return (int) ones.sum().item();
  }
}
