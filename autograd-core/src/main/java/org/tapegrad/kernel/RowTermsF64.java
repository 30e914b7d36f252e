package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * Scaled pieces of rows that are added to one row per channel of a result, four at a time: they are
 * gathered, without stride and padded to the same length, in a small buffer first.
 */
final class RowTermsF64 {
  private final int channels;
  private final int width;

  private final double[] rows;
  private final int[] begins = new int[4];
  private final int[] ends = new int[4];

  /** Where the factor of each piece is for the first channel. */
  private final int[] factorAt = new int[4];

  private final double[] factors;
  private final int factorStep;
  private double[] result;
  private int resultAt;
  private int resultStep;
  private int count;
  private int from;
  private int to;

  /** For results of this many channels, whose factors are factorStep apart, and columns. */
  RowTermsF64(int channels, int width, double[] factors, int factorStep) {
    this.channels = channels;
    this.width = width;
    this.factors = factors;
    this.factorStep = factorStep;
    rows = new double[4 * width];
  }

  /** Begins a result whose row of channel c starts at at + c·step. */
  void begin(double[] to, int at, int step) {
    result = to;
    resultAt = at;
    resultStep = step;
  }

  /** result[c, first + i] += factors[factor + c·factorStep] · source[at + i·step], i in [0, n). */
  void add(int first, int n, double[] source, int at, int step, int factor) {
    if (count == 4 || (count > 0 && (first >= to || first + n <= from))) {
      finish();
    }
    from = count == 0 ? first : Math.min(from, first);
    to = count == 0 ? first + n : Math.max(to, first + n);
    int row = count * width + first;
    if (step == 1) {
      System.arraycopy(source, at, rows, row, n);
    } else {
      for (int i = 0; i < n; i++) {
        rows[row + i] = source[at + i * step];
      }
    }
    begins[count] = first;
    ends[count] = first + n;
    factorAt[count++] = factor;
  }

  /** Adds what has been gathered to the result. */
  void finish() {
    for (int t = 0; t < count; t++) {
      Arrays.fill(rows, t * width + from, t * width + begins[t], 0);
      Arrays.fill(rows, t * width + ends[t], t * width + to, 0);
    }
    for (int c = 0; c < channels; c++) {
      int at = resultAt + c * resultStep + from;
      int f = c * factorStep;
      if (count == 4) {
        RowsF64.addFour(
            to - from,
            result,
            at,
            rows,
            from,
            width + from,
            2 * width + from,
            3 * width + from,
            factors[factorAt[0] + f],
            factors[factorAt[1] + f],
            factors[factorAt[2] + f],
            factors[factorAt[3] + f]);
        continue;
      }
      for (int t = 0; t < count; t++) {
        RowsF64.addOne(to - from, result, at, rows, t * width + from, factors[factorAt[t] + f]);
      }
    }
    count = 0;
  }
}
