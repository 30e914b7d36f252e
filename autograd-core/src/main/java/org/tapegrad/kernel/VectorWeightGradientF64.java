package org.tapegrad.kernel;

import static org.tapegrad.kernel.InPlaceTileF64.HEIGHT;
import static org.tapegrad.kernel.InPlaceTileF64.WIDE;
import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;

import java.util.Arrays;

/**
 * The weight gradient of one group: dweight[k, (kh, kw, c)] = sum over pixels q of g[k, q] · x[q +
 * (kh, kw), c].
 *
 * <p>The sum over pixels is cut into bands of output rows. For each band x is copied with channels
 * last, so that the columns (kw, c) of one kh are consecutive numbers that begin at pixelAt[q], and
 * g is packed into panels; then tasks add the product to their own part of the result, band after
 * band in the same order.
 */
final class VectorWeightGradientF64 {
  /** Pixels in one block of the sum. */
  private static final int KC = 192;

  private final ConvolutionShape s;
  private final int inChannels;
  private final int outChannels;

  /** Columns of x, padding included, that the output columns see. */
  private final int width;

  private final int bandRows;

  /** Whether x is read where it lies instead of being packed into panels. */
  private final boolean inPlace;

  /** Where the columns of each panel begin, counted from the first column of a pixel. */
  private final int[] panelFrom;

  /** Vectors in each panel. */
  private final int[] panelVectors;

  /** Where each tap's channels begin in a row of the result. */
  private final int[] tapTo;

  private final int[] pixelAt;
  private final int sumWidth;
  private final double[] input;
  private final double[] packed;
  private final double[] sum;

  private VectorWeightGradientF64(ConvolutionShape s) {
    this.s = s;
    inChannels = s.inChannels() / s.groups();
    outChannels = s.outChannels() / s.groups();
    width = (s.outWidth() - 1) * s.strideWidth() + (s.kernelWidth() - 1) * s.dilationWidth() + 1;
    long perRow = (long) width * inChannels * s.strideHeight() + (long) s.outWidth() * outChannels;
    long cached = Math.max(1, BandF64.CACHED / Math.max(1, perRow));
    int rows = (int) Math.max(1, Math.min(s.outHeight(), cached));
    int bands = (s.outHeight() + rows - 1) / rows;
    bandRows = (s.outHeight() + bands - 1) / bands;
    inPlace = outChannels <= BandF64.FEW;
    int most = inPlace ? WIDE : COLUMNS;
    int together = s.dilationWidth() == 1 ? s.kernelWidth() : 1;
    int segments = s.kernelHeight() * s.kernelWidth() / together;
    int perSegment = (together * inChannels + most - 1) / most;
    panelFrom = new int[segments * perSegment];
    panelVectors = new int[panelFrom.length];
    tapTo = new int[s.kernelHeight() * s.kernelWidth()];
    sumWidth = layOut(together, perSegment, most);
    pixelAt = new int[bandRows * s.outWidth()];
    for (int q = 0; q < pixelAt.length; q++) {
      int row = q / s.outWidth() * s.strideHeight();
      pixelAt[q] = (row * width + q % s.outWidth() * s.strideWidth()) * inChannels;
    }
    input = ScratchF64.borrow(inputRows(bandRows) * width * inChannels + WIDE);
    packed = ScratchF64.borrow(paddedChannels() * pixelAt.length);
    sum = ScratchF64.borrow(paddedChannels() * sumWidth);
  }

  /** Lays the panels of all segments side by side; returns their width. */
  private int layOut(int together, int perSegment, int most) {
    int to = 0;
    int panel = 0;
    for (int tap = 0; tap < tapTo.length; tap += together) {
      int kh = tap / s.kernelWidth() * s.dilationHeight();
      int kw = tap % s.kernelWidth() * s.dilationWidth();
      int columns = together * inChannels;
      for (int t = 0; t < together; t++) {
        tapTo[tap + t] = to + t * inChannels;
      }
      for (int j = 0; j < perSegment; j++, panel++) {
        int left = inPlace ? most : Math.min(most, columns - j * most);
        panelFrom[panel] = (kh * width + kw) * inChannels + j * most;
        panelVectors[panel] = (left + LANES - 1) / LANES;
        to += panelVectors[panel] * LANES;
      }
    }
    return to;
  }

  private int inputRows(int rows) {
    return (rows - 1) * s.strideHeight() + (s.kernelHeight() - 1) * s.dilationHeight() + 1;
  }

  private int paddedChannels() {
    return (outChannels + ROWS - 1) / ROWS * ROWS;
  }

  /** dweight[K, C/groups, kH, kW] from x[N, C, H, W] and g[N, K, oH, oW]. */
  static void compute(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    VectorWeightGradientF64 call = new VectorWeightGradientF64(s);
    for (int group = 0; group < s.groups(); group++) {
      Arrays.fill(call.sum, 0, call.paddedChannels() * call.sumWidth, 0);
      for (int image = 0; image < s.batch(); image++) {
        for (int row = 0; row < s.outHeight(); row += call.bandRows) {
          int rows = Math.min(call.bandRows, s.outHeight() - row);
          call.copyBand(x, g, image * s.groups() + group, row, rows);
          call.addProduct(rows * s.outWidth());
        }
      }
      call.store(dweight, group);
    }
    ScratchF64.giveBack(call.sum);
    ScratchF64.giveBack(call.packed);
    ScratchF64.giveBack(call.input);
  }

  private void copyBand(double[] x, double[] g, int image, int row, int rows) {
    int panels = paddedChannels() / ROWS;
    int inputRows = inputRows(rows);
    int pixels = rows * s.outWidth();
    long numbers = (long) inputRows * width * inChannels + (long) panels * ROWS * pixels;
    Parallel.forEach(
        panels + inputRows,
        numbers / (panels + inputRows),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            if (i < panels) {
              int k = i * ROWS;
              int plane = s.outHeight() * s.outWidth();
              int at = (image * outChannels + k) * plane + row * s.outWidth();
              int channels = Math.min(ROWS, outChannels - k);
              PanelsF64.interleave(g, at, plane, channels, pixels, packed, k * pixels, ROWS, ROWS);
            } else {
              copyRow(x, image, row * s.strideHeight() - s.paddingHeight(), i - panels);
            }
          }
        });
  }

  /** Row r of the band with channels last, x's row firstRow + r, zero outside of x. */
  private void copyRow(double[] x, int image, int firstRow, int r) {
    int to = r * width * inChannels;
    int row = firstRow + r;
    int from = Math.min(width, s.paddingWidth());
    int end = Math.max(from, Math.min(width, s.inWidth() + s.paddingWidth()));
    if (row < 0 || row >= s.inHeight()) {
      from = end;
    }
    Arrays.fill(input, to, to + from * inChannels, 0);
    int plane = s.inHeight() * s.inWidth();
    int at = image * inChannels * plane + row * s.inWidth() + from - s.paddingWidth();
    PanelsF64.interleave(
        x, at, plane, inChannels, end - from, input, to + from * inChannels, inChannels, 0);
    Arrays.fill(input, to + end * inChannels, to + width * inChannels, 0);
  }

  /** sum[K, panels] += g[K, pixels] · x[pixels, panels]. */
  private void addProduct(int pixels) {
    Parallel.forEach(
        panelFrom.length,
        (long) pixels * paddedChannels() * COLUMNS / 32,
        (from, to) -> {
          double[] block = ScratchF64.borrow(KC * COLUMNS);
          double[] tile = ScratchF64.borrow(ROWS * Math.max(COLUMNS, WIDE));
          int sumAt = 0;
          for (int j = 0; j < to; j++) {
            int vectors = panelVectors[j];
            if (j >= from && inPlace) {
              addPanelInPlace(pixels, panelFrom[j], sumAt, tile);
            } else if (j >= from) {
              addPanel(pixels, panelFrom[j], vectors, sumAt, block, tile);
            }
            sumAt += vectors * LANES;
          }
          ScratchF64.giveBack(tile);
          ScratchF64.giveBack(block);
        });
  }

  private void addPanel(
      int pixels, int from, int vectors, int sumAt, double[] block, double[] tile) {
    for (int p = 0; p < pixels; p += KC) {
      int terms = Math.min(KC, pixels - p);
      PanelsF64.gather(input, from, pixelAt, p, terms, vectors, block);
      for (int k = 0; k < outChannels; k += ROWS) {
        VectorTileF64.multiply(vectors, terms, packed, k * pixels + p * ROWS, block, 0, tile, 0);
        int width = vectors * LANES;
        VectorTileF64.store(tile, width, ROWS, width, sum, k * sumWidth + sumAt, sumWidth, true);
      }
    }
  }

  private void addPanelInPlace(int pixels, int from, int sumAt, double[] tile) {
    for (int p = 0; p < pixels; p += KC) {
      int terms = Math.min(KC, pixels - p);
      for (int k = 0; k < outChannels; k += HEIGHT) {
        int panel = k / ROWS * ROWS * pixels + k % ROWS + p * ROWS;
        InPlaceTileF64.multiply(terms, packed, panel, input, from, pixelAt, p, tile);
        int at = k * sumWidth + sumAt;
        VectorTileF64.store(tile, WIDE, HEIGHT, WIDE, sum, at, sumWidth, true);
      }
    }
  }

  private void store(double[] dweight, int group) {
    int taps = tapTo.length;
    Parallel.forEach(
        outChannels,
        (long) inChannels * taps,
        (from, to) -> {
          for (int k = from; k < to; k++) {
            int at = (group * outChannels + k) * inChannels * taps;
            for (int tap = 0; tap < taps; tap++) {
              int sumAt = k * sumWidth + tapTo[tap];
              for (int c = 0; c < inChannels; c++) {
                dweight[at + c * taps + tap] = sum[sumAt + c];
              }
            }
          }
        });
  }
}
