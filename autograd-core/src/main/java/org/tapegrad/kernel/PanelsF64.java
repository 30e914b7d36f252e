package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.SPECIES;
import static org.tapegrad.kernel.VectorTileF64.VECTORS;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;

/** Copies matrices into the panels that {@link VectorTileF64} multiplies. */
final class PanelsF64 {
  private PanelsF64() {}

  /**
   * to[p·toStep + r] = from[at + r·rowStep + p] for r in [0, rows) and p in [0, k), the rows up to
   * paddedRows being zero: rows of a matrix side by side.
   */
  static void interleave(
      double[] from,
      int at,
      int rowStep,
      int rows,
      int k,
      double[] to,
      int toAt,
      int toStep,
      int paddedRows) {
    int r = 0;
    for (; r + 7 < rows; r += 8) {
      interleaveEight(from, at + r * rowStep, rowStep, k, to, toAt + r, toStep);
    }
    for (; r < rows; r++) {
      int row = at + r * rowStep;
      for (int p = 0; p < k; p++) {
        to[toAt + r + p * toStep] = from[row + p];
      }
    }
    for (; r < paddedRows; r++) {
      for (int p = 0; p < k; p++) {
        to[toAt + r + p * toStep] = 0;
      }
    }
  }

  private static void interleaveEight(
      double[] from, int at, int rowStep, int k, double[] to, int toAt, int toStep) {
    int at1 = at + rowStep;
    int at2 = at1 + rowStep;
    int at3 = at2 + rowStep;
    int at4 = at3 + rowStep;
    int at5 = at4 + rowStep;
    int at6 = at5 + rowStep;
    int at7 = at6 + rowStep;
    for (int p = 0; p < k; p++) {
      int i = toAt + p * toStep;
      to[i] = from[at + p];
      to[i + 1] = from[at1 + p];
      to[i + 2] = from[at2 + p];
      to[i + 3] = from[at3 + p];
      to[i + 4] = from[at4 + p];
      to[i + 5] = from[at5 + p];
      to[i + 6] = from[at6 + p];
      to[i + 7] = from[at7 + p];
    }
  }

  /** to[p·width + j] = from[at + p·rowStep + j] for j in [0, columns), then zeros up to width. */
  static void slice(
      double[] from, int at, int rowStep, int columns, int k, double[] to, int toAt, int width) {
    for (int p = 0; p < k; p++) {
      int i = toAt + p * width;
      System.arraycopy(from, at + p * rowStep, to, i, columns);
      if (columns < width) {
        Arrays.fill(to, i + columns, i + width, 0);
      }
    }
  }

  /** The same for several panels of {@link VectorTileF64#COLUMNS} that lie side by side. */
  static void slicePanels(double[] from, int at, int rowStep, int panels, int k, double[] to) {
    for (int p = 0; p < k; p++) {
      for (int panel = 0; panel < panels; panel++) {
        int source = at + p * rowStep + panel * COLUMNS;
        int target = (panel * k + p) * COLUMNS;
        for (int v = 0; v < VECTORS; v++) {
          DoubleVector.fromArray(SPECIES, from, source + v * LANES)
              .intoArray(to, target + v * LANES);
        }
      }
    }
  }

  /** to[q·width + j] = from[at + rowAt[first + q] + j] for q in [0, k) and whole vectors. */
  static void gather(
      double[] from, int at, int[] rowAt, int first, int k, int vectors, double[] to) {
    if (vectors == 3) {
      for (int q = 0; q < k; q++) {
        int row = at + rowAt[first + q];
        int i = q * 3 * LANES;
        DoubleVector.fromArray(SPECIES, from, row).intoArray(to, i);
        DoubleVector.fromArray(SPECIES, from, row + LANES).intoArray(to, i + LANES);
        DoubleVector.fromArray(SPECIES, from, row + 2 * LANES).intoArray(to, i + 2 * LANES);
      }
      return;
    }
    for (int q = 0; q < k; q++) {
      int row = at + rowAt[first + q];
      for (int j = 0; j < vectors; j++) {
        DoubleVector.fromArray(SPECIES, from, row + j * LANES)
            .intoArray(to, (q * vectors + j) * LANES);
      }
    }
  }
}
