package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.ROWS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution and its adjoints with the Vector API, as products of packed weights and bands of the
 * image (see the notes in {@link VectorTileF64} and {@link BandGeometry}); no matrix of patches is
 * built.
 */
final class VectorConvolutionF64 implements Convolution<double[]> {

  @Override
  public void forward(ConvolutionShape s, double[] x, double[] weight, double[] y) {
    BandGeometry geometry = BandGeometry.forward(s);
    int perGroup = s.outChannels() / s.groups();
    int taps = geometry.channels() * s.kernelHeight() * s.kernelWidth();
    int images = s.batch() * s.groups();
    int bandRows = geometry.bandRows(images, perGroup, taps, BandF64.CACHED);
    int bands = (s.outHeight() + bandRows - 1) / bandRows;
    int panels = (perGroup + ROWS - 1) / ROWS;
    int[] tapAt = forwardTaps(s, geometry, bandRows);
    double[] packed = ScratchF64.borrow(s.groups() * panels * ROWS * taps);
    Parallel.forEach(
        s.groups() * panels,
        (long) ROWS * taps,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int rows = Math.min(ROWS, perGroup - i % panels * ROWS);
            int at = (i / panels * perGroup + i % panels * ROWS) * taps;
            PanelsF64.interleave(weight, at, taps, rows, taps, packed, i * ROWS * taps, ROWS, ROWS);
          }
        });
    Parallel.forEach(
        images * bands,
        (long) bandRows * s.outWidth() * perGroup * taps / 16,
        (from, to) -> {
          BandF64 band = new BandF64(geometry, bandRows, perGroup);
          for (int i = from; i < to; i++) {
            int image = i / bands;
            int row = i % bands * bandRows;
            int rows = Math.min(bandRows, s.outHeight() - row);
            band.fill(x, image * geometry.channels() * s.inHeight() * s.inWidth(), row);
            int group = image % s.groups();
            band.multiply(rows, perGroup, packed, group * panels * ROWS * taps, tapAt);
            int at = image * perGroup * s.outHeight() * s.outWidth();
            band.store(rows, perGroup, y, at, s.outHeight(), s.outWidth(), row, 1, 0, 1);
          }
          band.release();
        });
    ScratchF64.giveBack(packed);
  }

  /** Where tap (c, kh, kw) begins in a band. */
  private static int[] forwardTaps(ConvolutionShape s, BandGeometry geometry, int bandRows) {
    int[] tapAt = new int[geometry.channels() * s.kernelHeight() * s.kernelWidth()];
    int p = 0;
    for (int c = 0; c < geometry.channels(); c++) {
      for (int kh = 0; kh < s.kernelHeight(); kh++) {
        int row = kh * s.dilationHeight();
        for (int kw = 0; kw < s.kernelWidth(); kw++) {
          int column = kw * s.dilationWidth();
          tapAt[p++] =
              geometry.at(
                  c,
                  row % s.strideHeight(),
                  column % s.strideWidth(),
                  bandRows,
                  row / s.strideHeight(),
                  column / s.strideWidth());
        }
      }
    }
    return tapAt;
  }

  @Override
  public void inputGradient(ConvolutionShape s, double[] g, double[] weight, double[] dx) {
    BandGeometry geometry = BandGeometry.inputGradient(s);
    int perGroup = s.inChannels() / s.groups();
    int images = s.batch() * s.groups();
    int taps = geometry.channels() * s.kernelHeight() * s.kernelWidth();
    int bandRows = geometry.bandRows(images, perGroup, taps, BandF64.CACHED);
    int bands = (geometry.rows() + bandRows - 1) / bandRows;
    int panels = (perGroup + ROWS - 1) / ROWS;
    double[] packed = ScratchF64.borrow(s.groups() * panels * ROWS * taps);
    List<Phase> phases = phases(s, geometry, bandRows, panels * s.groups());
    for (Phase phase : phases) {
      Parallel.forEach(
          s.groups() * panels,
          (long) ROWS * phase.tapAt().length,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              phase.packWeights(s, weight, i / panels, i % panels * ROWS, packed, i);
            }
          });
    }
    Parallel.forEach(
        images * bands,
        (long) bandRows * geometry.columns() * perGroup * taps / 16,
        (from, to) -> {
          BandF64 band = new BandF64(geometry, bandRows, perGroup);
          for (int i = from; i < to; i++) {
            int image = i / bands;
            int row = i % bands * bandRows;
            int rows = Math.min(bandRows, geometry.rows() - row);
            band.fill(g, image * geometry.channels() * s.outHeight() * s.outWidth(), row);
            int at = image * perGroup * s.inHeight() * s.inWidth();
            for (Phase phase : phases) {
              int panel = image % s.groups() * panels;
              band.multiply(rows, perGroup, packed, phase.panelAt(panel), phase.tapAt());
              band.store(
                  rows,
                  perGroup,
                  dx,
                  at,
                  s.inHeight(),
                  s.inWidth(),
                  row * s.strideHeight() + phase.row(),
                  s.strideHeight(),
                  phase.column(),
                  s.strideWidth());
            }
          }
          band.release();
        });
    ScratchF64.giveBack(packed);
  }

  /**
   * The taps that meet every stride-th row and column of dx, from (row, column) on.
   *
   * @param tapAt where tap (k, kh, kw) begins in a band of g
   * @param weightAt where weight[k, 0, kh, kw] is, counted from the first k of the group
   * @param packedAt where the panels of these taps begin
   */
  private record Phase(int row, int column, int[] tapAt, int[] weightAt, int packedAt) {
    int panelAt(int panel) {
      return packedAt + panel * ROWS * tapAt.length;
    }

    void packWeights(
        ConvolutionShape s, double[] weight, int group, int channel, double[] to, int panel) {
      int kernel = s.kernelHeight() * s.kernelWidth();
      int channels = s.inChannels() / s.groups();
      int from = (group * (s.outChannels() / s.groups()) * channels + channel) * kernel;
      int rows = Math.min(ROWS, channels - channel);
      int at = panelAt(panel);
      for (int tap : weightAt) {
        for (int r = 0; r < ROWS; r++) {
          to[at++] = r < rows ? weight[from + tap + r * kernel] : 0;
        }
      }
    }
  }

  private static List<Phase> phases(
      ConvolutionShape s, BandGeometry geometry, int bandRows, int panels) {
    List<Phase> phases = new ArrayList<>();
    int packedAt = 0;
    for (int i = 0; i < s.strideHeight(); i++) {
      for (int j = 0; j < s.strideWidth(); j++) {
        Phase phase = phase(s, geometry, bandRows, i, j, packedAt);
        packedAt += panels * ROWS * phase.tapAt().length;
        phases.add(phase);
      }
    }
    return phases;
  }

  private static Phase phase(
      ConvolutionShape s, BandGeometry geometry, int bandRows, int i, int j, int packedAt) {
    int[] tapAt = new int[geometry.channels() * s.kernelHeight() * s.kernelWidth()];
    int[] weightAt = new int[tapAt.length];
    int channels = s.inChannels() / s.groups();
    int count = 0;
    for (int k = 0; k < geometry.channels(); k++) {
      for (int kh = 0; kh < s.kernelHeight(); kh++) {
        int row = kh * s.dilationHeight() - i;
        for (int kw = 0; kw < s.kernelWidth(); kw++) {
          int column = kw * s.dilationWidth() - j;
          if (row % s.strideHeight() == 0 && column % s.strideWidth() == 0) {
            int fromRow = geometry.extraRows() - row / s.strideHeight();
            int fromColumn = geometry.extraColumns() - column / s.strideWidth();
            tapAt[count] = geometry.at(k, 0, 0, bandRows, fromRow, fromColumn);
            weightAt[count++] = (k * channels * s.kernelHeight() + kh) * s.kernelWidth() + kw;
          }
        }
      }
    }
    int firstRow = s.paddingHeight() / s.strideHeight() * s.strideHeight();
    int firstColumn = s.paddingWidth() / s.strideWidth() * s.strideWidth();
    return new Phase(
        firstRow + i - s.paddingHeight(),
        firstColumn + j - s.paddingWidth(),
        Arrays.copyOf(tapAt, count),
        Arrays.copyOf(weightAt, count),
        packedAt);
  }

  @Override
  public void weightGradient(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    VectorWeightGradientF64.compute(s, x, g, dweight);
  }
}
