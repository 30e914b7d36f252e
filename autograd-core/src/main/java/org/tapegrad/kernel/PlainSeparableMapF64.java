package org.tapegrad.kernel;

import java.util.Arrays;
import java.util.List;
import org.tapegrad.kernel.Taps.Stretch;

/**
 * One row of the result at a time: the rows that it reads are summed into one, to which the taps of
 * the columns are applied. Copies stay copies.
 */
class PlainSeparableMapF64 implements SeparableMap<double[]> {

  /** The taps of both axes with the weights as this element type has them. */
  private record Map(Taps rows, double[] rowWeights, Taps columns, List<Columns> stretches) {
    static Map of(Taps rows, Taps columns) {
      List<Stretch> stretches = columns.isIdentity() ? List.of() : columns.stretches();
      return new Map(
          rows,
          rounded(rows.weight),
          columns,
          stretches.stream().map(s -> new Columns(s, rounded(s.weights()))).toList());
    }

    private static double[] rounded(/**/ double[] weights) {
      double[] rounded = new double[weights.length];
      for (int i = 0; i < weights.length; i++) {
        rounded[i] = (double) weights[i];
      }
      return rounded;
    }
  }

  private record Columns(Stretch stretch, double[] weights) {}

  @Override
  public void apply(int planes, double[] in, Taps rows, Taps columns, double[] out) {
    int height = rows.outputs();
    int width = columns.outputs();
    if (height == 0 || width == 0) {
      return;
    }
    boolean[] repeats = rows.repeats();
    Map map = Map.of(rows, columns);
    int tapsPerRow = 1 + rows.index.length / height;
    Parallel.forEach(
        planes * height,
        ((long) tapsPerRow * columns.inputs() + columns.index.length) / 2 + 1,
        (from, to) -> {
          double[] sum = ScratchF64.borrow(columns.inputs());
          for (int item = from; item < to; item++) {
            int i = item % height;
            int at = item * width;
            if (item > from && repeats[i]) {
              System.arraycopy(out, at - width, out, at, width);
            } else {
              row(map, in, item / height * rows.inputs(), i, sum, out, at);
            }
          }
          ScratchF64.giveBack(sum);
        });
  }

  /** out[at + j] = row i of the result, from the plane whose rows begin at inRow. */
  private void row(Map map, double[] in, int inRow, int i, double[] sum, double[] out, int at) {
    int n = map.columns.inputs();
    Taps rows = map.rows;
    int taps = rows.count(i);
    int first = taps == 0 ? 0 : (inRow + rows.index[rows.start[i]]) * n;
    boolean identity = map.stretches.isEmpty();
    if (taps == 0) {
      Arrays.fill(out, at, at + map.columns.outputs(), 0);
    } else if (rows.copies(i) && identity) {
      System.arraycopy(in, first, out, at, n);
    } else if (rows.copies(i)) {
      columns(map, in, first, out, at);
    } else {
      double[] target = identity ? out : sum;
      int targetAt = identity ? at : 0;
      shifted(
          taps, map.rowWeights, rows.index, rows.start[i], in, inRow * n, n, n, target, targetAt);
      if (!identity) {
        columns(map, sum, 0, out, at);
      }
    }
  }

  /** out[at + j] = the taps of column j applied to the row that begins at {@code from}. */
  private void columns(Map map, double[] in, int from, double[] out, int at) {
    for (Columns c : map.stretches) {
      Stretch s = c.stretch;
      int n = s.to() - s.from();
      int to = at + s.from();
      switch (s.kind()) {
        case EVEN -> {
          if (s.taps() == 0) {
            Arrays.fill(out, to, to + n, 0);
          } else if (s.isCopy()) {
            System.arraycopy(in, from + s.indices()[0], out, to, n);
          } else if (s.step() == 1) {
            shifted(s.taps(), c.weights, s.indices(), 0, in, from, 1, n, out, to);
          } else {
            strided(s.taps(), c.weights, s.indices(), in, from, s.step(), n, out, to);
          }
        }
        case COPIES -> copies(s.indices(), in, from, n, out, to);
        case EQUAL -> gathered(s.taps(), c.weights, s.indices(), in, from, n, out, to);
        default -> {
          for (int j = s.from(); j < s.to(); j++) {
            out[at + j] = dot(in, from, map.columns, j);
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

  /** out[at + j] = sum over t in [tap, tap + taps) of w[t] · in[from + index[t]·scale + j]. */
  void shifted(
      int taps,
      double[] w,
      int[] index,
      int tap,
      double[] in,
      int from,
      int scale,
      int n,
      double[] out,
      int at) {
    int first = from + index[tap] * scale;
    double v = w[tap];
    for (int j = 0; j < n; j++) {
      out[at + j] = v * in[first + j];
    }
    for (int t = tap + 1; t < tap + taps; t++) {
      RowsF64.addOne(n, out, at, in, from + index[t] * scale, w[t]);
    }
  }

  /** out[at + j] = sum over t of w[t] · in[from + index[t] + j·step]. */
  void strided(
      int taps,
      double[] w,
      int[] index,
      double[] in,
      int from,
      int step,
      int n,
      double[] out,
      int at) {
    for (int t = 0; t < taps; t++) {
      double v = w[t];
      int first = from + index[t];
      if (t == 0) {
        for (int j = 0; j < n; j++) {
          out[at + j] = v * in[first + j * step];
        }
      } else {
        for (int j = 0; j < n; j++) {
          out[at + j] += v * in[first + j * step];
        }
      }
    }
  }

  /** out[at + j] = in[from + index[j]]. */
  void copies(int[] index, double[] in, int from, int n, double[] out, int at) {
    for (int j = 0; j < n; j++) {
      out[at + j] = in[from + index[j]];
    }
  }

  /** out[at + j] = sum over t of w[t·n + j] · in[from + index[t·n + j]]. */
  void gathered(
      int taps, double[] w, int[] index, double[] in, int from, int n, double[] out, int at) {
    for (int j = 0; j < n; j++) {
      out[at + j] = w[j] * in[from + index[j]];
    }
    for (int t = n; t < taps * n; t += n) {
      for (int j = 0; j < n; j++) {
        out[at + j] += w[t + j] * in[from + index[t + j]];
      }
    }
  }
}
