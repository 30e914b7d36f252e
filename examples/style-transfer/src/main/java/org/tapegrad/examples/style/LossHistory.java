package org.tapegrad.examples.style;

import java.util.Arrays;
import org.tapegrad.array.NdArray;

/** Content, style and total loss of every step so far. */
final class LossHistory {
  /** Steps at either end that are averaged, because each step sees other parts of photographs. */
  private static final double ENDS = 0.05;

  private double[] rows = new double[0];
  private int steps;

  void add(double content, double style, double total) {
    if (rows.length < 3 * (steps + 1)) {
      rows = Arrays.copyOf(rows, 3 * (2 * steps + 16));
    }
    rows[3 * steps] = content;
    rows[3 * steps + 1] = style;
    rows[3 * steps + 2] = total;
    steps++;
  }

  int steps() {
    return steps;
  }

  double[] content() {
    return column(0);
  }

  double[] style() {
    return column(1);
  }

  double[] total() {
    return column(2);
  }

  private double[] column(int column) {
    double[] values = new double[steps];
    for (int i = 0; i < steps; i++) {
      values[i] = rows[3 * i + column];
    }
    return values;
  }

  /** The total loss at the end, as a fraction of that of so many first steps. */
  double remaining(int first) {
    double[] total = total();
    return mean(total, steps - ends(), steps) / mean(total, 0, Math.min(first, steps));
  }

  private int ends() {
    return Math.max(1, (int) (ENDS * steps));
  }

  private static double mean(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).average().orElse(Double.NaN);
  }

  /** As float64[steps, 3]. */
  NdArray toArray() {
    return NdArray.of(Arrays.copyOf(rows, 3 * steps), steps, 3);
  }

  /** Replaces all by what {@link #toArray()} returned. */
  void restore(NdArray array) {
    rows = array.toDoubleArray();
    steps = array.size(0);
  }
}
