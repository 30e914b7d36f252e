package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;
import static org.tapegrad.kernel.VectorTileF64.VECTORS;

import java.util.Arrays;

/**
 * Matrix product with the Vector API: packed, blocked for caches and registers (see the note in
 * {@link VectorTileF64}).
 *
 * <p>The sum over k is cut into blocks of {@link #KC}. For each, a is packed once by all threads;
 * then each task packs a block of b and multiplies it by up to {@link #MC} rows of a. As many
 * panels of b as fit the first-level cache are taken together, row by row of c: whole cache lines
 * of c are finished before the next rows evict them, which matters when rows of c lie a power of
 * two apart.
 */
final class VectorMatrixProductF64 implements MatrixProduct<double[]> {
  /** Terms of the sum in one block. */
  private static final int KC = 384;

  /** Rows of a in one task. */
  private static final int MC = 16 * ROWS;

  /** Columns of b in one task. */
  private static final int NC = 24 / VECTORS * COLUMNS;

  /** Numbers of b that may be used together, to stay in the first-level cache. */
  private static final int NEAR = (1 << 15) / Double.BYTES;

  /** Numbers of a packed at a time, at most. */
  private static final int PACKED = 1 << 20;

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
    int maxRows = Math.max(1, PACKED / Math.min(k, KC) / MC) * MC;
    double[] panels =
        ScratchF64.borrow((Math.min(m, maxRows) + ROWS - 1) / ROWS * ROWS * Math.min(k, KC));
    try {
      Call call =
          new Call(m, n, k, a, aOffset, aTransposed, b, bOffset, bTransposed, c, cOffset, panels);
      for (int i = 0; i < m; i += maxRows) {
        for (int p = 0; p < k; p += KC) {
          int rows = Math.min(maxRows, m - i);
          int terms = Math.min(KC, k - p);
          call.multiplyBlock(i, rows, p, terms, p > 0);
        }
      }
    } finally {
      ScratchF64.giveBack(panels);
    }
  }

  /** The arguments of one product, and the packed rows of a. */
  private record Call(
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
      int cOffset,
      double[] panels) {

    /** Adds the terms [p, p + terms) of the sum to the rows [i, i + rows) of c. */
    void multiplyBlock(int i, int rows, int p, int terms, boolean add) {
      int rowPanels = (rows + ROWS - 1) / ROWS;
      Parallel.forEach(
          rowPanels,
          (long) terms * ROWS,
          (from, to) -> {
            for (int panel = from; panel < to; panel++) {
              packRows(i + panel * ROWS, p, terms, panel * ROWS * terms);
            }
          });
      int rowBlocks = (rows + MC - 1) / MC;
      int columnBlocks = (n + NC - 1) / NC;
      Parallel.forEach(
          rowBlocks * columnBlocks,
          (long) Math.min(rows, MC) * Math.min(n, NC) * terms / 32,
          (from, to) -> {
            double[] packed = ScratchF64.borrow(terms * (Math.min(n, NC) + COLUMNS));
            double[] tile = ScratchF64.borrow(ROWS * COLUMNS);
            for (int block = from; block < to; block++) {
              int first = block / columnBlocks * MC;
              int j = block % columnBlocks * NC;
              int last = Math.min(rows, first + MC);
              multiplyColumns(i, first, last, j, Math.min(n, j + NC), p, terms, add, packed, tile);
            }
            ScratchF64.giveBack(tile);
            ScratchF64.giveBack(packed);
          });
    }

    private void packRows(int i, int p, int terms, int to) {
      int rows = Math.min(ROWS, m - i);
      if (aTransposed) {
        PanelsF64.slice(a, aOffset + p * m + i, m, rows, terms, panels, to, ROWS);
      } else {
        PanelsF64.interleave(a, aOffset + i * k + p, k, rows, terms, panels, to, ROWS, ROWS);
      }
    }

    /** The rows [first, last) of the packed block at row i of a, times the columns [from, to). */
    private void multiplyColumns(
        int i,
        int first,
        int last,
        int from,
        int to,
        int p,
        int terms,
        boolean add,
        double[] packed,
        double[] tile) {
      packBlock(from, to, p, terms, packed);
      int together = Math.max(1, NEAR / (terms * COLUMNS)) * COLUMNS;
      for (int group = from; group < to; group += together) {
        int end = Math.min(to, group + together);
        for (int r = first; r < last; r += ROWS) {
          int rows = Math.min(ROWS, last - r);
          for (int j = group; j < end; j += COLUMNS) {
            int columns = Math.min(COLUMNS, to - j);
            int panel = (j - from) * terms;
            int at = cOffset + (i + r) * n + j;
            multiplyTile(rows, columns, r * terms, terms, packed, panel, at, add, tile);
          }
        }
      }
    }

    private void multiplyTile(
        int rows,
        int columns,
        int panel,
        int terms,
        double[] packed,
        int from,
        int at,
        boolean add,
        double[] tile) {
      int vectors = (columns + LANES - 1) / LANES;
      VectorTileF64.multiply(vectors, terms, panels, panel, packed, from, tile, 0);
      VectorTileF64.store(tile, vectors * LANES, rows, columns, c, at, n, add);
    }

    /** Packs the columns [from, to) of b, panel after panel. */
    private void packBlock(int from, int to, int p, int terms, double[] packed) {
      int full = bTransposed ? 0 : (to - from) / COLUMNS;
      PanelsF64.slicePanels(b, bOffset + p * n + from, n, full, terms, packed);
      for (int j = from + full * COLUMNS; j < to; j += COLUMNS) {
        int columns = Math.min(COLUMNS, to - j);
        int width = (columns + LANES - 1) / LANES * LANES;
        int at = (j - from) * terms;
        if (bTransposed) {
          int row = bOffset + j * k + p;
          PanelsF64.interleave(b, row, k, columns, terms, packed, at, width, width);
        } else {
          PanelsF64.slice(b, bOffset + p * n + j, n, columns, terms, packed, at, width);
        }
      }
    }
  }
}
