package org.tapegrad.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The geometry of a convolution over bands: a correlation at stride one in rows and columns.
 *
 * <p><b>Note: bands.</b> A task of a convolution produces a band of output rows for all channels of
 * one group of one image. It first copies the input rows that the band sees, padded with zeros,
 * into a buffer that fits the second-level cache. With strides the copy is split into phases, one
 * plane per (channel, row phase, column phase): plane (c, i, j) holds x[c, (row + r)·rowStep -
 * rowShift + i, q·columnStep - columnShift + j] at (r, q). Then every tap of the kernel sees
 * consecutive numbers: output (row + t, u) meets the tap at band[tapAt + t·width + u], that is, at
 * tapAt + v with v = t·width + u. So v can be treated as one long row of a matrix; the few v with u
 * beyond the last output column are computed and dropped.
 *
 * @param channels planes of the source
 * @param height rows of the source
 * @param width columns of the source
 * @param rowStep distance of the source rows that neighbours in a plane come from
 * @param rowShift row of the band's origin, negated
 * @param rowPhases rows in [0, rowStep) that some tap meets
 * @param rows output rows
 * @param extraRows rows of a plane beyond the output rows
 */
record BandGeometry(
    int channels,
    int height,
    int width,
    int rowStep,
    int columnStep,
    int rowShift,
    int columnShift,
    int[] rowPhases,
    int[] columnPhases,
    int rows,
    int columns,
    int extraRows,
    int extraColumns) {

  /** Tasks that a large convolution is cut into, at least. */
  private static final int TASKS = 8;

  /** Multiplications below which a convolution is not cut further. */
  private static final long WORK_PER_TASK = 1 << 22;

  /** Multiplications that bands do in the time of a plain one. */
  private static final double FASTER = 32;

  /** What a phase of an input gradient costs beyond its work, in multiplications of a band. */
  private static final double PHASE = 1 << 10;

  /** Numbers in the largest buffer, and the largest size, so that any offset is an int. */
  private static final double LARGEST = 1 << 28;

  /**
   * Whether bands are the way to compute y or the weight gradient. They copy and multiply padding
   * like pixels, which does not pay where a kernel hardly meets the image.
   */
  static boolean suitForward(ConvolutionShape s) {
    double rows = span(s.outHeight(), s.strideHeight(), s.kernelHeight(), s.dilationHeight());
    double columns = span(s.outWidth(), s.strideWidth(), s.kernelWidth(), s.dilationWidth());
    double pixels = (double) s.outHeight() * s.outWidth();
    return suit(s, pixels, rows, columns, s.outChannels(), s.inChannels(), 0);
  }

  /** Whether bands are the way to compute the input gradient. */
  static boolean suitInputGradient(ConvolutionShape s) {
    double height = (double) s.inHeight() / s.strideHeight() + 1;
    double width = (double) s.inWidth() / s.strideWidth() + 1;
    double rows = height + span(1, 1, s.kernelHeight(), s.dilationHeight()) / s.strideHeight();
    double columns = width + span(1, 1, s.kernelWidth(), s.dilationWidth()) / s.strideWidth();
    double phases =
        Math.min(s.strideHeight(), s.inHeight()) * (double) Math.min(s.strideWidth(), s.inWidth());
    return suit(s, height * width, rows, columns, s.inChannels(), s.outChannels(), phases);
  }

  /** The rows or columns that outputs see, rounded up to whole strides. */
  private static double span(double outputs, int stride, int kernel, int dilation) {
    return outputs * stride + (kernel - 1.0) * dilation;
  }

  /** For a result of [outChannels, pixels] from padded planes of inChannels. */
  private static boolean suit(
      ConvolutionShape s,
      double pixels,
      double rows,
      double columns,
      int outChannels,
      int inChannels,
      double phases) {
    double kernel = (double) s.kernelHeight() * s.kernelWidth();
    double from = inChannels / s.groups();
    double to = outChannels / s.groups();
    double weights = s.groups() * (to + 8) * (from + 16) * kernel;
    double buffers = rows * columns * from + columns * (to + 8);
    int size =
        IntStream.of(
                s.inHeight(),
                s.strideHeight(),
                s.paddingHeight(),
                s.inWidth(),
                s.strideWidth(),
                s.paddingWidth())
            .max()
            .getAsInt();
    double needed =
        ConvolutionShape.products(s.rowRuns()) * ConvolutionShape.products(s.columnRuns());
    return Math.max(size, Math.max(weights, buffers)) <= LARGEST
        && pixels * kernel <= FASTER * needed
        && rows * columns <= FASTER * needed * to
        && phases * PHASE <= FASTER * needed * to * from;
  }

  /** The forward convolution of one group. */
  static BandGeometry forward(ConvolutionShape s) {
    return new BandGeometry(
        s.inChannels() / s.groups(),
        s.inHeight(),
        s.inWidth(),
        s.strideHeight(),
        s.strideWidth(),
        s.paddingHeight(),
        s.paddingWidth(),
        phases(s.kernelHeight(), s.dilationHeight(), s.strideHeight()),
        phases(s.kernelWidth(), s.dilationWidth(), s.strideWidth()),
        s.outHeight(),
        s.outWidth(),
        (s.kernelHeight() - 1) * s.dilationHeight() / s.strideHeight(),
        (s.kernelWidth() - 1) * s.dilationWidth() / s.strideWidth());
  }

  /**
   * The input gradient of one group. With row + padding = stride·t + phase, the rows t of each
   * phase of dx are a correlation of g at stride one with the taps of that phase.
   */
  static BandGeometry inputGradient(ConvolutionShape s) {
    int extraRows = (s.kernelHeight() - 1) * s.dilationHeight() / s.strideHeight();
    int extraColumns = (s.kernelWidth() - 1) * s.dilationWidth() / s.strideWidth();
    int firstRow = s.paddingHeight() / s.strideHeight();
    int firstColumn = s.paddingWidth() / s.strideWidth();
    return new BandGeometry(
        s.outChannels() / s.groups(),
        s.outHeight(),
        s.outWidth(),
        1,
        1,
        extraRows - firstRow,
        extraColumns - firstColumn,
        new int[] {0},
        new int[] {0},
        (s.inHeight() - 1 + s.paddingHeight()) / s.strideHeight() - firstRow + 1,
        (s.inWidth() - 1 + s.paddingWidth()) / s.strideWidth() - firstColumn + 1,
        extraRows,
        extraColumns);
  }

  private static int[] phases(int kernel, int dilation, int stride) {
    return IntStream.range(0, kernel).map(k -> k * dilation % stride).distinct().sorted().toArray();
  }

  /** Columns of a plane. */
  int planeWidth() {
    return columns + extraColumns;
  }

  /** Planes of a band. */
  int planes() {
    return channels * rowPhases.length * columnPhases.length;
  }

  /** Output columns computed for this many output rows, the dropped ones between rows included. */
  int pixels(int bandRows) {
    return (bandRows - 1) * planeWidth() + columns;
  }

  /** Where a band of bandRows output rows holds (row, column) of a plane. */
  int at(int channel, int rowPhase, int columnPhase, int bandRows, int row, int column) {
    int i = Arrays.binarySearch(rowPhases, rowPhase);
    int j = Arrays.binarySearch(columnPhases, columnPhase);
    int plane = (channel * rowPhases.length + i) * columnPhases.length + j;
    return (plane * (bandRows + extraRows) + row) * planeWidth() + column;
  }

  /**
   * Output rows per band for a convolution with this many output channels and taps.
   *
   * @param cached numbers that a band and its result may have together
   */
  int bandRows(int images, int outChannels, long taps, int cached) {
    long perRow = (long) planeWidth() * (planes() + outChannels);
    long most = Math.max(1, cached / Math.max(1, perRow));
    long work = images * (long) rows * columns * outChannels * taps;
    long tasks = Math.min(TASKS, work / WORK_PER_TASK);
    long bands = Math.max((rows + most - 1) / most, (tasks + images - 1) / Math.max(1, images));
    bands = Math.max(1, Math.min(rows, bands));
    return (int) ((rows + bands - 1) / bands);
  }
}
