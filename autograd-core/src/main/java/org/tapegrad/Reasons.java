package org.tapegrad;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tapegrad.Explanation.Line;
import org.tapegrad.Trace.Handed;
import org.tapegrad.array.NdArray;

/** Finds out why a gradient is what it is, by following it back to where it came about. */
final class Reasons {
  private final List<Line> lines;
  private final Tensor y;
  private final Trace trace;

  Reasons(List<Line> lines, Trace trace) {
    this.lines = lines;
    this.y = trace.y;
    this.trace = trace;
  }

  Why why(Tensor x) {
    if (x.index() >= lines.size() || x.index() > y.index() && !y.isConstant()) {
      return new Why.AfterLoss(v(x.index()) + " was recorded after " + output());
    }
    NdArray gradient = trace.gradient(x.index());
    if (gradient == null) {
      return absent(x.index());
    } else if (!gradient.isFinite()) {
      return notFinite(x.index());
    } else if (gradient.size() > 0 && trace.isZero(x.index())) {
      return vanished(x.index());
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

  // No gradient arrives.

  private Why absent(int x) {
    boolean[] reached = reachedFrom(x);
    Optional<Why> detached = detached(reached);
    if (detached.isPresent()) {
      return detached.get();
    }
    int last = IntStream.range(0, lines.size()).filter(i -> reached[i]).max().orElse(x);
    if (last == x) {
      return new Why.NotUsed("no line uses " + v(x));
    }
    int first = IntStream.range(x + 1, lines.size()).filter(i -> uses(i, x)).min().getAsInt();
    return new Why.NoPath(
        first > y.index() && !y.isConstant()
            ? "%s is used only after %s, first in %s"
                .formatted(v(x), output(), named(lines.get(first)))
            : "nothing leads from %s to %s, the last line that depends on it is %s"
                .formatted(v(x), output(), named(lines.get(last))),
        at(last));
  }

  /** Whether one of the lines reached goes on to the output as a constant. */
  private Optional<Why> detached(boolean[] reached) {
    Map<Object, Integer> arrays = new IdentityHashMap<>();
    IntStream.range(0, reached.length)
        .filter(i -> reached[i])
        .forEach(i -> arrays.put(lines.get(i).output().value().data(), i));
    if (y.isConstant() && arrays.containsKey(y.value().data())) {
      int last = arrays.get(y.value().data());
      return Optional.of(
          new Why.Detached("the output is a constant that has the array of " + v(last), at(last)));
    }
    boolean[] above = leadingTo(y.index());
    for (int i = 0; i < above.length; i++) {
      for (Tensor t : above[i] ? lines.get(i).inputs() : List.<Tensor>of()) {
        if (t != null && t.isConstant() && arrays.containsKey(t.value().data())) {
          return Optional.of(
              new Why.Detached(
                  "%s takes a constant that has the array of %s: it is detached there"
                      .formatted(named(lines.get(i)), v(arrays.get(t.value().data()))),
                  at(i)));
        }
      }
    }
    return Optional.empty();
  }

  private boolean uses(int line, int x) {
    return lines.get(line).inputs().stream().anyMatch(t -> t != null && t.index() == x);
  }

  /** The line and all that are computed from it. */
  private boolean[] reachedFrom(int x) {
    boolean[] reached = new boolean[lines.size()];
    reached[x] = true;
    for (int i = x + 1; i < reached.length; i++) {
      for (Tensor t : lines.get(i).inputs()) {
        reached[i] |= t != null && !t.isConstant() && reached[t.index()];
      }
    }
    return reached;
  }

  /** The line and all that it is computed from. */
  private boolean[] leadingTo(int line) {
    boolean[] leads = new boolean[line + 1];
    for (int i = line; i >= 0; i--) {
      leads[i] |= i == line;
      for (Tensor t : leads[i] ? lines.get(i).inputs() : List.<Tensor>of()) {
        if (t != null && !t.isConstant()) {
          leads[t.index()] = true;
        }
      }
    }
    return leads;
  }

  // A gradient arrives that is not finite.

  private Why notFinite(int x) {
    int to = x;
    while (true) {
      Optional<Handed> bad =
          trace.received(to).stream().filter(h -> !h.gradient().isFinite()).findFirst();
      if (bad.isEmpty()) {
        return new Why.NotFinite(
            "%s receives %s, whose sum is not finite".formatted(v(to), parts(to)), at(to), false);
      } else if (trace.gradient(bad.get().from()).isFinite()) {
        return began(bad.get());
      }
      to = bad.get().from();
    }
  }

  /** A line received finite numbers and handed on others. */
  private Why began(Handed h) {
    boolean[] above = leadingTo(h.from());
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

  /** Of several places where something arrived and nothing left, the last line is told. */
  private Why vanished(int x) {
    int to = x;
    while (true) {
      if (trace.received(to).stream().anyMatch(h -> !h.isZero())) {
        return new Why.Cancels(parts(to) + " meet at " + v(to) + " and cancel", at(to));
      }
      Handed last = trace.received(to).get(0);
      if (!trace.isZero(last.from())) {
        return vanishedIn(last);
      }
      to = last.from();
    }
  }

  /** A line received something and handed on nothing. */
  private Why vanishedIn(Handed h) {
    Line line = lines.get(h.from());
    String received =
        "%s received %s and handed %s "
            .formatted(named(line), Numbers.of(trace.gradient(h.from())), v(h.to()));
    if (!h.hasParts()) {
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

  private String parts(int x) {
    return trace.received(x).stream()
        .map(h -> Numbers.of(h.gradient()) + " from " + v(h.from()))
        .collect(Collectors.joining(" and "));
  }

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
