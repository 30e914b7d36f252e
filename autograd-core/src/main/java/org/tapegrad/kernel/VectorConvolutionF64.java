package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.ROWS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tapegrad.kernel.ConvolutionShape.Run;

/**
 * Convolution and its adjoints with the Vector API, as products of packed weights and bands of the
 * image (see the notes in {@link VectorTileF64} and {@link BandGeometry}); no matrix of patches is
 * built. What bands do not suit is left to the plain loops.
 */
final class VectorConvolutionF64 implements Convolution<double[]> {
  private final Convolution<double[]> plain = new PlainConvolutionF64();

  @Override
  public void forward(ConvolutionShape s, double[] x, double[] weight, double[] y) {
    if (!BandGeometry.suitForward(s)) {
      plain.forward(s, x, weight, y);
      return;
    }
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
    if (!BandGeometry.suitInputGradient(s)) {
      plain.inputGradient(s, g, weight, dx);
      return;
    }
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
    Map<Integer, List<Run>> rows = ConvolutionShape.byPhase(s.rowRuns(), s.strideHeight());
    Map<Integer, List<Run>> columns = ConvolutionShape.byPhase(s.columnRuns(), s.strideWidth());
    List<Phase> phases = new ArrayList<>();
    int packedAt = 0;
    for (int i = 0; i < Math.min(s.strideHeight(), s.inHeight()); i++) {
      for (int j = 0; j < Math.min(s.strideWidth(), s.inWidth()); j++) {
        List<Run> rowTaps = rows.getOrDefault(i, List.of());
        List<Run> columnTaps = columns.getOrDefault(j, List.of());
        Phase phase = phase(s, geometry, bandRows, i, j, rowTaps, columnTaps, packedAt);
        packedAt += panels * ROWS * phase.tapAt().length;
        phases.add(phase);
      }
    }
    return phases;
  }

  /** The phase of row i and column j of dx; a band of g holds its first row rows above. */
  private static Phase phase(
      ConvolutionShape s,
      BandGeometry geometry,
      int bandRows,
      int i,
      int j,
      List<Run> rowTaps,
      List<Run> columnTaps,
      int packedAt) {
    int firstRow = first(i, s.paddingHeight(), s.strideHeight());
    int firstColumn = first(j, s.paddingWidth(), s.strideWidth());
    int[] tapAt = new int[geometry.channels() * rowTaps.size() * columnTaps.size()];
    int[] weightAt = new int[tapAt.length];
    int channels = s.inChannels() / s.groups();
    int count = 0;
    for (int k = 0; k < geometry.channels(); k++) {
      for (Run row : rowTaps) {
        // The row of g that meets the first row, counted from the first one in the band.
        int r = row.out() - (row.in() - firstRow) / s.strideHeight() + geometry.rowShift();
        for (Run column : columnTaps) {
          int c = column.out() - (column.in() - firstColumn) / s.strideWidth();
          tapAt[count] = geometry.at(k, 0, 0, bandRows, r, c + geometry.columnShift());
          weightAt[count++] =
              (k * channels * s.kernelHeight() + row.tap()) * s.kernelWidth() + column.tap();
        }
      }
    }
    return new Phase(firstRow, firstColumn, tapAt, weightAt, packedAt);
  }

  /** Where the band of the phase of place i begins: i, or one stride before it. */
  private static int first(int i, int padding, int stride) {
    return (i + padding) % stride - padding % stride;
  }

  @Override
  public void weightGradient(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    if (BandGeometry.suitForward(s)) {
      VectorWeightGradientF64.compute(s, x, g, dweight);
    } else {
      plain.weightGradient(s, x, g, dweight);
    }
  }
}
