package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * Matrix product in plain Java: rows of b, scaled and added to rows of c, in blocks that stay in
 * the cache.
 *
 * <p>The sum over k is taken in blocks of {@link #KC}, each summed on its own before it is added to
 * c, so that single precision does not lose digits as k grows.
 */
final class PlainMatrixProductF64 implements MatrixProduct<double[]> {
  /** Rows of c in one task. */
  private static final int MC = 16;

  /** Columns of c in one block. */
  private static final int NC = 512;

  /** Terms of the sum in one block. */
  private static final int KC = 128;

  @Override
  public void multiply(
      int m,
      int n,
      int k,
      double[] a,
      int aOffset,
      boolean aTransposed,
      double[] b,
      int bOffset,
      boolean bTransposed,
      double[] c,
      int cOffset) {
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      Arrays.fill(c, cOffset, cOffset + m * n, 0);
      return;
    }
    int aRow = aTransposed ? 1 : k;
    int aStep = aTransposed ? m : 1;
    int rowBlocks = (m + MC - 1) / MC;
    int columnBlocks = (n + NC - 1) / NC;
    long work = (long) Math.min(m, MC) * Math.min(n, NC) * k / 4;
    Parallel.forEach(
        rowBlocks * columnBlocks,
        work,
        (from, to) -> {
          double[] sum = new double[Math.min(n, NC)];
          for (int block = from; block < to; block++) {
            int j = block % columnBlocks * NC;
            int columns = Math.min(NC, n - j);
            int end = Math.min(m, (block / columnBlocks + 1) * MC);
            for (int i = block / columnBlocks * MC; i < end; i++) {
              int cAt = cOffset + i * n + j;
              int aAt = aOffset + i * aRow;
              Arrays.fill(c, cAt, cAt + columns, 0);
              if (bTransposed) {
                addDots(columns, k, c, cAt, a, aAt, aStep, b, bOffset + j * k);
              } else {
                addRows(columns, k, c, cAt, a, aAt, aStep, b, bOffset + j, n, sum);
              }
            }
          }
        });
  }

  /** c[0, columns) += a · b, for one row of c and b[k, columns] with rows bRow apart. */
  private static void addRows(
      int columns,
      int k,
      double[] c,
      int cAt,
      double[] a,
      int aAt,
      int aStep,
      double[] b,
      int bAt,
      int bRow,
      double[] sum) {
    for (int p = 0; p < k; p += KC) {
      Arrays.fill(sum, 0, columns, 0);
      int terms = Math.min(KC, k - p);
      RowsF64.addMany(columns, sum, 0, terms, a, aAt + p * aStep, aStep, b, bAt + p * bRow, bRow);
      RowsF64.addOne(columns, c, cAt, sum, 0, 1);
    }
  }

  /** The same for the transpose of b[columns, k]: dot products, four at a time. */
  private static void addDots(
      int columns,
      int k,
      double[] c,
      int cAt,
      double[] a,
      int aAt,
      int aStep,
      double[] b,
      int bAt) {
    for (int p = 0; p < k; p += KC) {
      int terms = Math.min(KC, k - p);
      int at = aAt + p * aStep;
      int j = 0;
      for (; j + 3 < columns; j += 4) {
        addFourDots(terms, c, cAt + j, a, at, aStep, b, bAt + j * k + p, k);
      }
      for (; j < columns; j++) {
        double sum = 0;
        for (int q = 0; q < terms; q++) {
          sum += a[at + q * aStep] * b[bAt + j * k + p + q];
        }
        c[cAt + j] += sum;
      }
    }
  }

  private static void addFourDots(
      int terms,
      double[] c,
      int cAt,
      double[] a,
      int aAt,
      int aStep,
      double[] b,
      int b0,
      int bRow) {
    int b1 = b0 + bRow;
    int b2 = b1 + bRow;
    int b3 = b2 + bRow;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int p = 0; p < terms; p++) {
      double x = a[aAt + p * aStep];
      s0 += x * b[b0 + p];
      s1 += x * b[b1 + p];
      s2 += x * b[b2 + p];
      s3 += x * b[b3 + p];
    }
    c[cAt] += s0;
    c[cAt + 1] += s1;
    c[cAt + 2] += s2;
    c[cAt + 3] += s3;
  }
}
