package org.tapegrad.examples.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.array.DType;

/** Runs cases and prints a table: one row per case, one line of geometric means per group. */
final class ResultTable {
  private final DType dtype;
  private final List<Implementation> implementations = new ArrayList<>();
  private final int cores;
  private final double peakFlops;

  private final List<StoredRun.Row> rows = new ArrayList<>();

  /** Ratios of the group in hand, by implementation. */
  private final Map<String, List<Double>> ratios = new LinkedHashMap<>();

  ResultTable(DType dtype, List<Implementation> peers, int cores) {
    this.dtype = dtype;
    this.cores = cores;
    implementations.add(new Tapegrad());
    implementations.addAll(peers);
    implementations.add(new Composed());
    Interleaved.Timing fma = Interleaved.measure(List.of(Limits.fma(dtype, cores))).get(0);
    peakFlops = Limits.fmaFlops(dtype, cores) / fma.seconds();
  }

  /** Prints the table of some cases. */
  List<StoredRun.Row> run(List<Cases.Case> cases) {
    System.out.printf("%n%s, multiply-add peak %.0f GFLOP/s%n", dtype, peakFlops * 1e-9);
    String group = null;
    for (Cases.Case c : cases) {
      if (!c.group().equals(group)) {
        endGroup(group);
        group = c.group();
        System.out.printf("%n%s%n%-24s | %10s |", group, "case", "ours");
        implementations.stream()
            .skip(1)
            .forEach(s -> System.out.printf(" %10s | ratio |", s.name()));
        System.out.printf(" spread | share of limit%n");
      }
      row(c);
    }
    endGroup(group);
    return rows;
  }

  private void row(Cases.Case c) {
    List<Runnable> work = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Implementation s : implementations) {
      Runnable w = c.work().apply(s);
      if (w != null) {
        work.add(w);
        names.add(s.name());
      }
    }
    if (c.limit() == Cases.Limit.COPY) {
      work.add(Limits.copy(dtype, (long) c.amount()));
      names.add("copy");
    }
    List<Interleaved.Timing> timings = Interleaved.measure(work);
    Map<String, Interleaved.Timing> byName = new LinkedHashMap<>();
    names.forEach(name -> byName.put(name, timings.get(byName.size())));
    rows.add(new StoredRun.Row(dtype.toString(), c.group(), c.name(), byName));
    double ours = timings.get(0).seconds();
    System.out.printf("%-24s | %10s |", c.name(), time(ours));
    for (Implementation s : implementations.subList(1, implementations.size())) {
      int i = names.indexOf(s.name());
      if (i < 0) {
        System.out.printf(" %10s | %5s |", "-", "-");
        continue;
      }
      double ratio = timings.get(i).seconds() / ours;
      ratios.computeIfAbsent(s.name(), n -> new ArrayList<>()).add(ratio);
      System.out.printf(" %10s | %5.2f |", time(timings.get(i).seconds()), ratio);
    }
    double spread = timings.stream().mapToDouble(Interleaved.Timing::spread).max().orElse(0);
    System.out.printf(" %5.0f%% | %s%n", 100 * spread, share(c, ours, timings));
  }

  private String share(Cases.Case c, double seconds, List<Interleaved.Timing> timings) {
    return switch (c.limit()) {
      case COPY -> "%.2f of copy".formatted(timings.get(timings.size() - 1).seconds() / seconds);
      case FMA ->
          "%.0f GFLOP/s, %.2f of peak"
              .formatted(c.amount() / seconds * 1e-9, c.amount() / seconds / peakFlops);
      case NONE -> "";
    };
  }

  private void endGroup(String group) {
    if (group != null && !ratios.isEmpty()) {
      System.out.printf("%-24s |", "geometric mean");
      ratios.forEach(
          (name, r) ->
              System.out.printf(
                  " %s/ours %.2f (least %.2f) |", name, geometricMean(r), Collections.min(r)));
      System.out.println();
    }
    ratios.clear();
  }

  static double geometricMean(List<Double> ratios) {
    return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
  }

  private static String time(double seconds) {
    return seconds < 1e-3
        ? "%.2f us".formatted(seconds * 1e6)
        : seconds < 1 ? "%.3f ms".formatted(seconds * 1e3) : "%.3f s".formatted(seconds);
  }
}
