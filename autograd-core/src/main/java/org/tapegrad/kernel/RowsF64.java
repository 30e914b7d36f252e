package org.tapegrad.kernel;

/** Sums of scaled rows, written so that the compiler turns each loop into vector code. */
final class RowsF64 {
  private RowsF64() {}

  /** dst[0, n) += x0·row0 + x1·row1 + x2·row2 + x3·row3, rows being slices of src. */
  static void addFour(
      int n,
      double[] dst,
      int dstAt,
      double[] src,
      int row0,
      int row1,
      int row2,
      int row3,
      double x0,
      double x1,
      double x2,
      double x3) {
    for (int j = 0; j < n; j++) {
      dst[dstAt + j] +=
          x0 * src[row0 + j] + x1 * src[row1 + j] + x2 * src[row2 + j] + x3 * src[row3 + j];
    }
  }

  /** dst[0, n) += x·row. */
  static void addOne(int n, double[] dst, int dstAt, double[] src, int row, double x) {
    for (int j = 0; j < n; j++) {
      dst[dstAt + j] += x * src[row + j];
    }
  }

  /**
   * dst[0, n) += sum over p in [0, count) of x[xAt + p·xStep] · src[row + p·rowStep, ... + n).
   *
   * <p>Factors that are zero are not skipped: zero times NaN is NaN.
   */
  static void addMany(
      int n,
      double[] dst,
      int dstAt,
      int count,
      double[] x,
      int xAt,
      int xStep,
      double[] src,
      int row,
      int rowStep) {
    int p = 0;
    for (; p + 3 < count; p += 4) {
      int at = xAt + p * xStep;
      int r = row + p * rowStep;
      addFour(
          n,
          dst,
          dstAt,
          src,
          r,
          r + rowStep,
          r + 2 * rowStep,
          r + 3 * rowStep,
          x[at],
          x[at + xStep],
          x[at + 2 * xStep],
          x[at + 3 * xStep]);
    }
    for (; p < count; p++) {
      addOne(n, dst, dstAt, src, row + p * rowStep, x[xAt + p * xStep]);
    }
  }
}
