package org.tapegrad.kernel;

import java.util.Arrays;
import java.util.List;
import org.tapegrad.kernel.Taps.Stretch;

/**
 * One row of the result at a time: the rows that it reads are summed into one, to which the taps of
 * the columns are applied. Copies stay copies.
 */
class PlainSeparableMapF64 implements SeparableMap<double[]> {

  @Override
  public void apply(int planes, double[] in, Taps rows, Taps columns, double[] out) {
    int height = rows.outputs();
    int width = columns.outputs();
    if (height == 0 || width == 0) {
      return;
    }
    boolean[] repeats = rows.repeats();
    List<Stretch> stretches = columns.isIdentity() ? List.of() : columns.stretches();
    int tapsPerRow = 1 + rows.index.length / height;
    Parallel.forEach(
        planes * height,
        (long) tapsPerRow * columns.inputs() + columns.index.length + 1,
        (from, to) -> {
          double[] sum = ScratchF64.borrow(columns.inputs());
          for (int item = from; item < to; item++) {
            int i = item % height;
            if (item > from && repeats[i]) {
              System.arraycopy(out, (item - 1) * width, out, item * width, width);
            } else {
              row(in, item / height * rows.inputs(), rows, i, columns, stretches, sum, out, item);
            }
          }
          ScratchF64.giveBack(sum);
        });
  }

  /** Row {@code item} of all rows of the result, from the plane whose rows begin at inRow. */
  private static void row(
      double[] in,
      int inRow,
      Taps rows,
      int i,
      Taps columns,
      List<Stretch> stretches,
      double[] sum,
      double[] out,
      int item) {
    int n = columns.inputs();
    int at = item * columns.outputs();
    boolean identity = stretches.isEmpty();
    if (rows.count(i) == 0) {
      Arrays.fill(out, at, at + columns.outputs(), 0);
    } else if (identity) {
      combine(in, inRow, rows, i, n, out, at);
    } else if (rows.copies(i)) {
      columns(in, (inRow + rows.index[rows.start[i]]) * n, columns, stretches, out, at);
    } else {
      combine(in, inRow, rows, i, n, sum, 0);
      columns(sum, 0, columns, stretches, out, at);
    }
  }

  /** out[at + j] = the weighted sum of the rows that the taps of result i name. */
  private static void combine(
      double[] in, int inRow, Taps rows, int i, int n, double[] out, int at) {
    int t = rows.start[i];
    int end = rows.start[i + 1];
    int first = (inRow + rows.index[t]) * n;
    if (rows.copies(i)) {
      System.arraycopy(in, first, out, at, n);
      return;
    }
    double w = (double) rows.weight[t++];
    if (t == end) {
      for (int j = 0; j < n; j++) {
        out[at + j] = w * in[first + j];
      }
      return;
    }
    int second = (inRow + rows.index[t]) * n;
    double v = (double) rows.weight[t++];
    for (int j = 0; j < n; j++) {
      out[at + j] = w * in[first + j] + v * in[second + j];
    }
    for (; t < end; t++) {
      RowsF64.addOne(n, out, at, in, (inRow + rows.index[t]) * n, (double) rows.weight[t]);
    }
  }

  /** out[at + j] = the taps of column j applied to the row that begins at {@code from}. */
  private static void columns(
      double[] in, int from, Taps columns, List<Stretch> stretches, double[] out, int at) {
    for (Stretch s : stretches) {
      switch (s.kind()) {
        case EVEN -> even(in, from, s, out, at + s.from());
        case COPIES -> {
          for (int j = s.from(); j < s.to(); j++) {
            out[at + j] = in[from + columns.index[columns.start[j]]];
          }
        }
        default -> {
          for (int j = s.from(); j < s.to(); j++) {
            out[at + j] = dot(in, from, columns, j);
          }
        }
      }
    }
  }

  private static double dot(double[] in, int from, Taps columns, int j) {
    /**/ double sum = 0;
    for (int t = columns.start[j]; t < columns.start[j + 1]; t++) {
      sum += columns.weight[t] * in[from + columns.index[t]];
    }
    return (double) sum;
  }

  private static void even(double[] in, int from, Stretch s, double[] out, int at) {
    int n = s.to() - s.from();
    int taps = s.weights().length;
    if (taps == 0) {
      Arrays.fill(out, at, at + n, 0);
    } else if (s.isCopy()) {
      System.arraycopy(in, from + s.indices()[0], out, at, n);
    } else if (taps == 1) {
      double w = (double) s.weights()[0];
      for (int j = 0, a = from + s.indices()[0]; j < n; j++, a += s.step()) {
        out[at + j] = w * in[a];
      }
    } else {
      assignTwo(in, from, s, out, at, n);
      for (int t = 2; t < taps; t++) {
        addOne(in, from + s.indices()[t], s.step(), (double) s.weights()[t], out, at, n);
      }
    }
  }

  private static void assignTwo(double[] in, int from, Stretch s, double[] out, int at, int n) {
    double w = (double) s.weights()[0];
    double v = (double) s.weights()[1];
    int a = from + s.indices()[0];
    int b = from + s.indices()[1];
    int step = s.step();
    if (step == 1) {
      for (int j = 0; j < n; j++) {
        out[at + j] = w * in[a + j] + v * in[b + j];
      }
    } else {
      for (int j = 0; j < n; j++) {
        out[at + j] = w * in[a + j * step] + v * in[b + j * step];
      }
    }
  }

  private static void addOne(
      double[] in, int from, int step, double w, double[] out, int at, int n) {
    if (step == 1) {
      RowsF64.addOne(n, out, at, in, from, w);
    } else {
      for (int j = 0; j < n; j++) {
        out[at + j] += w * in[from + j * step];
      }
    }
  }
}
