package org.tapegrad.kernel;

import static org.tapegrad.kernel.InPlaceTileF64.HEIGHT;
import static org.tapegrad.kernel.InPlaceTileF64.WIDE;
import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;

import java.util.Arrays;

/**
 * A band of an image in the cache and its product with packed weights; see {@link BandGeometry}.
 */
final class BandF64 {
  /** Taps multiplied at a time. */
  private static final int KC = 192;

  /** Numbers that a band and its result may have together, to stay in the second-level cache. */
  static final int CACHED = (1 << 20) / Double.BYTES;

  /** Up to this many channels it does not pay to pack the input. */
  static final int FEW = 16;

  private final BandGeometry geometry;
  private final int bandRows;
  private final int pitch;
  private final double[] input;
  private final double[] output;
  private final double[] packed;
  private final double[] tile;

  /** Buffers for bands of bandRows output rows and up to outChannels channels. */
  BandF64(BandGeometry geometry, int bandRows, int outChannels) {
    this.geometry = geometry;
    this.bandRows = bandRows;
    pitch = (geometry.pixels(bandRows) + WIDE - 1) / WIDE * WIDE;
    int plane = (bandRows + geometry.extraRows()) * geometry.planeWidth();
    input = ScratchF64.borrow(geometry.planes() * plane + WIDE);
    output = ScratchF64.borrow((outChannels + ROWS - 1) / ROWS * ROWS * pitch);
    packed = ScratchF64.borrow(KC * COLUMNS);
    tile = ScratchF64.borrow(ROWS * Math.max(COLUMNS, WIDE));
  }

  /** Returns the buffers. */
  void release() {
    ScratchF64.giveBack(tile);
    ScratchF64.giveBack(packed);
    ScratchF64.giveBack(output);
    ScratchF64.giveBack(input);
  }

  /** Copies what the output rows from firstRow on see of source[channels, height, width]. */
  void fill(double[] source, int sourceAt, int firstRow) {
    int width = geometry.planeWidth();
    int to = 0;
    for (int c = 0; c < geometry.channels(); c++) {
      for (int i : geometry.rowPhases()) {
        for (int j : geometry.columnPhases()) {
          for (int r = 0; r < bandRows + geometry.extraRows(); r++, to += width) {
            int row = (firstRow + r) * geometry.rowStep() - geometry.rowShift() + i;
            if (row < 0 || row >= geometry.height()) {
              Arrays.fill(input, to, to + width, 0);
            } else {
              int at = sourceAt + (c * geometry.height() + row) * geometry.width();
              copyRow(source, at, j - geometry.columnShift(), to);
            }
          }
        }
      }
    }
  }

  /** input[to + q] = row[start + q·columnStep], zero outside of the row. */
  private void copyRow(double[] source, int at, int start, int to) {
    int step = geometry.columnStep();
    int width = geometry.planeWidth();
    int from = Math.min(width, Math.max(0, (step - 1 - start) / step));
    int end = Math.max(from, Math.min(width, (geometry.width() - start + step - 1) / step));
    Arrays.fill(input, to, to + from, 0);
    if (step == 1) {
      System.arraycopy(source, at + start + from, input, to + from, end - from);
    } else if (step == 2) {
      EverySecondF64.gather(source, at + start + 2 * from, end - from, input, to + from);
    } else {
      for (int q = from; q < end; q++) {
        input[to + q] = source[at + start + q * step];
      }
    }
    Arrays.fill(input, to + end, to + width, 0);
  }

  /**
   * output[channels, v] = sum over p of weight[channel, p] · input[tapAt[p] + v] for the first rows
   * of the band; the weights are panels from weightAt on.
   */
  void multiply(int rows, int channels, double[] weight, int weightAt, int[] tapAt) {
    int pixels = geometry.pixels(rows);
    if (channels <= FEW) {
      multiplyInPlace(pixels, channels, weight, weightAt, tapAt);
    } else {
      multiplyPacked(pixels, channels, weight, weightAt, tapAt);
    }
  }

  private void multiplyInPlace(
      int pixels, int channels, double[] weight, int weightAt, int[] tapAt) {
    int taps = tapAt.length;
    for (int p = 0; p == 0 || p < taps; p += KC) {
      int terms = Math.min(KC, taps - p);
      for (int v = 0; v < pixels; v += WIDE) {
        for (int c = 0; c < channels; c += HEIGHT) {
          int panel = weightAt + c / ROWS * ROWS * taps + c % ROWS + p * ROWS;
          InPlaceTileF64.multiply(terms, weight, panel, input, v, tapAt, p, tile);
          int at = c * pitch + v;
          VectorTileF64.store(tile, WIDE, HEIGHT, WIDE, output, at, pitch, p > 0);
        }
      }
    }
  }

  private void multiplyPacked(
      int pixels, int channels, double[] weight, int weightAt, int[] tapAt) {
    int taps = tapAt.length;
    for (int p = 0; p == 0 || p < taps; p += KC) {
      int terms = Math.min(KC, taps - p);
      for (int v = 0; v < pixels; v += COLUMNS) {
        int vectors = (Math.min(COLUMNS, pixels - v) + LANES - 1) / LANES;
        PanelsF64.gather(input, v, tapAt, p, terms, vectors, packed);
        for (int c = 0; c < channels; c += ROWS) {
          int panel = weightAt + (c * taps) + p * ROWS;
          VectorTileF64.multiply(vectors, terms, weight, panel, packed, 0, tile, 0);
          int width = vectors * LANES;
          VectorTileF64.store(tile, width, ROWS, width, output, c * pitch + v, pitch, p > 0);
        }
      }
    }
  }

  /**
   * to[c, firstRow + t·rowStep, firstColumn + u·columnStep] = output[c, t, u], where that is inside
   * of to[channels, height, width].
   */
  void store(
      int rows,
      int channels,
      double[] to,
      int toAt,
      int height,
      int width,
      int firstRow,
      int rowStep,
      int firstColumn,
      int columnStep) {
    int from = Math.max(0, (columnStep - 1 - firstColumn) / columnStep);
    int end = Math.min(geometry.columns(), (width - firstColumn + columnStep - 1) / columnStep);
    for (int c = 0; c < channels; c++) {
      for (int t = 0; t < rows; t++) {
        int row = firstRow + t * rowStep;
        if (row < 0 || row >= height) {
          continue;
        }
        int at = toAt + (c * height + row) * width + firstColumn;
        int out = c * pitch + t * geometry.planeWidth();
        if (columnStep == 1) {
          System.arraycopy(output, out + from, to, at + from, Math.max(0, end - from));
        } else if (columnStep == 2) {
          EverySecondF64.scatter(output, out + from, end - from, to, at + 2 * from);
        } else {
          for (int u = from; u < end; u++) {
            to[at + u * columnStep] = output[out + u];
          }
        }
      }
    }
  }
}
