package org.tapegrad.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became of every vector. */
final class Summary {
  /** How a reason begins that is followed by the operators that the library does not have. */
  static final String NO_OPERATOR = "no operator ";

  private enum Verdict {
    DIRECT,
    CONVERTED,
    NOT_APPLICABLE
  }

  private record Entry(String set, String name, Verdict verdict, Set<String> reasons) {}

  private final List<Entry> entries = new ArrayList<>();

  void passed(Vector vector, Set<String> conversions) {
    Verdict verdict = conversions.isEmpty() ? Verdict.DIRECT : Verdict.CONVERTED;
    entries.add(new Entry(vector.set(), vector.name(), verdict, conversions));
  }

  void outside(Vector vector, String reason) {
    entries.add(new Entry(vector.set(), vector.name(), Verdict.NOT_APPLICABLE, Set.of(reason)));
  }

  private long count(Verdict verdict) {
    return entries.stream().filter(e -> e.verdict == verdict).count();
  }

  private long count(String set, Verdict verdict) {
    return entries.stream().filter(e -> e.set.equals(set) && e.verdict == verdict).count();
  }

  long agreeing() {
    return count(Verdict.DIRECT) + count(Verdict.CONVERTED);
  }

  /** One line per folder. */
  List<String> list() {
    return entries.stream()
        .map(
            e ->
                "%s %s: %s%s"
                    .formatted(
                        e.set,
                        e.name,
                        e.verdict.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        e.reasons.isEmpty() ? "" : ": " + String.join("; ", e.reasons)))
        .toList();
  }

  /** Each reason with the number of its folders; missing operators on a line of their own. */
  private void reasons(StringBuilder text, Verdict verdict) {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Integer> missing = new TreeMap<>();
    for (Entry e : entries) {
      if (e.verdict == verdict) {
        for (String reason : e.reasons) {
          if (reason.startsWith(NO_OPERATOR)) {
            missing.merge(reason.substring(NO_OPERATOR.length()), 1, Integer::sum);
          } else {
            counts.merge(reason, 1, Integer::sum);
          }
        }
      }
    }
    counts.forEach((reason, n) -> text.append("    %4d %s%n".formatted(n, reason)));
    if (!missing.isEmpty()) {
      int sum = missing.values().stream().mapToInt(Integer::intValue).sum();
      List<String> operators = new ArrayList<>();
      missing.forEach((names, n) -> operators.add(names + " " + n));
      text.append("    %4d %s%s%n".formatted(sum, NO_OPERATOR, String.join(", ", operators)));
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        "  %d folders: %d agree (%d directly, %d converted), %d not applicable%n"
            .formatted(
                entries.size(),
                agreeing(),
                count(Verdict.DIRECT),
                count(Verdict.CONVERTED),
                count(Verdict.NOT_APPLICABLE)));
    Set<String> sets = new TreeSet<>();
    entries.forEach(e -> sets.add(e.set));
    for (String set : sets) {
      text.append(
          "  %s: %d directly, %d converted, %d not applicable%n"
              .formatted(
                  set,
                  count(set, Verdict.DIRECT),
                  count(set, Verdict.CONVERTED),
                  count(set, Verdict.NOT_APPLICABLE)));
    }
    text.append("  conversions, and how many folders need them:%n".formatted());
    reasons(text, Verdict.CONVERTED);
    text.append("  not applicable, and why:%n".formatted());
    reasons(text, Verdict.NOT_APPLICABLE);
    return text.toString();
  }
}
