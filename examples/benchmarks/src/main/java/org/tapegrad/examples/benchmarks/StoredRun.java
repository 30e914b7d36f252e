package org.tapegrad.examples.benchmarks;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run of the benchmarks, kept in a JSON file so that a later one can be compared with it.
 *
 * @param commit of the sources, as {@code git describe} names it
 */
record StoredRun(Machine machine, String commit, List<Row> rows) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * What was measured of one case.
   *
   * @param timings by the name of the implementation
   */
  record Row(String dtype, String group, String name, Map<String, Interleaved.Timing> timings) {}

  void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IOException if the file cannot be read or is something else, in one line
   */
  static StoredRun read(Path file) throws IOException {
    StoredRun run;
    try {
      run = JSON.readValue(Files.readAllBytes(file), StoredRun.class);
    } catch (JacksonException e) {
      throw new IOException(file + ": not a run of the benchmarks: " + e.getOriginalMessage(), e);
    }
    if (run == null || run.machine == null || run.rows == null) {
      throw new IOException(file + ": not a run of the benchmarks: machine or rows are missing");
    }
    return run;
  }

  /** Refuses a run on another machine, of which times say nothing about the program. */
  void requireMachine(Machine current) {
    if (!machine.equals(current)) {
      throw new IllegalArgumentException(
          "the earlier run is of another machine: %s, this is %s".formatted(machine, current));
    }
  }

  /**
   * How much of an earlier run's time this one takes, group by group: geometric means of ours and,
   * for what the machine changed meanwhile, of all others.
   *
   * @return one line a group that both have
   */
  List<String> comparedWith(StoredRun earlier) {
    Map<String, Row> before = new LinkedHashMap<>();
    earlier.rows.forEach(row -> before.put(key(row), row));
    Map<String, Change> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      Row then = before.get(key(row));
      if (then != null) {
        groups
            .computeIfAbsent(row.dtype + " " + row.group, g -> new Change())
            .add(row, then.timings);
      }
    }
    List<String> lines = new ArrayList<>();
    groups.forEach((group, change) -> lines.add("%-50s %s".formatted(group, change)));
    return lines;
  }

  private static String key(Row row) {
    return row.dtype + " " + row.group + " " + row.name;
  }

  /** Ratios of times, now to then, of one group. */
  private static final class Change {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> others = new ArrayList<>();
    private double worst;
    private String worstCase;

    void add(Row now, Map<String, Interleaved.Timing> then) {
      now.timings.forEach(
          (name, timing) -> {
            if (then.containsKey(name)) {
              double ratio = timing.seconds() / then.get(name).seconds();
              boolean isOurs = name.equals(Tapegrad.NAME);
              (isOurs ? ours : others).add(ratio);
              if (isOurs && ratio > worst) {
                worst = ratio;
                worstCase = now.name;
              }
            }
          });
    }

    @Override
    public String toString() {
      return "time now/then %.2f (most %.2f, %s)%s"
          .formatted(
              ResultTable.geometricMean(ours),
              worst,
              worstCase,
              others.isEmpty() ? "" : ", others %.2f".formatted(ResultTable.geometricMean(others)));
    }
  }
}
