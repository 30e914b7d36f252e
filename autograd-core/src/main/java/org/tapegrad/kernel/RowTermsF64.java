package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * Scaled pieces of rows that are added to one row per channel of a result, a few at a time: they
 * are gathered, without stride and padded to the same length, in a small buffer first.
 */
final class RowTermsF64 {
  /** Pieces gathered at a time. */
  private static final int MOST = 4;

  private final int channels;
  private final int width;

  /** [MOST, width], zero outside of the pieces. */
  private final double[] rows;

  /** [channels, MOST]. */
  private final double[] factors;

  private double[] result;
  private int resultAt;
  private int resultStep;
  private int count;
  private int from;
  private int to;

  /** For results of up to this many channels and columns. */
  RowTermsF64(int channels, int width) {
    this.channels = channels;
    this.width = width;
    rows = new double[MOST * width];
    factors = new double[channels * MOST];
  }

  /** Begins a result whose row of channel c starts at at + c·step. */
  void begin(double[] to, int at, int step) {
    result = to;
    resultAt = at;
    resultStep = step;
  }

  /** result[c, first + i] += factor[factorAt + c·factorStep] · source[at + i·step], i in [0, n). */
  void add(
      int first,
      int n,
      double[] source,
      int at,
      int step,
      double[] factor,
      int factorAt,
      int factorStep) {
    if (count == MOST || (count > 0 && (first >= to || first + n <= from))) {
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
    for (int c = 0; c < channels; c++) {
      factors[c * MOST + count] = factor[factorAt + c * factorStep];
    }
    count++;
  }

  /** Adds what has been gathered to the result. */
  void finish() {
    for (int c = 0; c < channels; c++) {
      int at = resultAt + c * resultStep + from;
      RowsF64.addMany(to - from, result, at, count, factors, c * MOST, 1, rows, from, width);
    }
    for (int t = 0; t < count; t++) {
      Arrays.fill(rows, t * width + from, t * width + to, 0);
    }
    count = 0;
  }
}
