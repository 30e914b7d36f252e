package org.tapegrad.kernel;

import static org.tapegrad.kernel.TileGrid.FIELD;
import static org.tapegrad.kernel.TileGrid.SIDE;
import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.WinogradMapsF64.HALF;
import static org.tapegrad.kernel.WinogradMapsF64.ROW;

import java.util.Arrays;
import org.tapegrad.kernel.TileGrid.Rectangle;

/**
 * Rectangles of tiles on their way between images and the 36 points of Winograd's method (see
 * {@link WinogradMapsF64}); the buffers of one task.
 *
 * <p>The columns of an image are parted by their place in a tile: plane[row][place][tile]. Then
 * every map reads consecutive numbers, and takes many tiles at a time. Several channels may stand
 * side by side, plane[row][place][tile][channel]; to the maps these are longer lines.
 */
final class WinogradTilesF64 {

  /** Numbers of the largest plane of a rectangle of up to {@link VectorTileF64#COLUMNS} tiles. */
  static final int PLANE = 32 * COLUMNS + 8 * LANES + 8;

  private final double[] half = new double[HALF + SIDE * SIDE * LANES];

  /** Numbers of a plane of this rectangle with this many columns beyond the tiles' own. */
  static int planeSize(Rectangle r, int beyond) {
    return (r.rows() * SIDE + beyond) * SIDE * (r.columns() + beyond / 2);
  }

  /**
   * Fills plane[row][place][tile] from source[height, width], zero outside of it.
   *
   * @param padding rows above the source that the first tile sees, and columns left of it
   * @param beyond 2 for inputs, which reach into the next tile, 0 for outputs
   */
  void fill(
      double[] source,
      int sourceAt,
      int height,
      int width,
      int paddingHeight,
      int paddingWidth,
      Rectangle r,
      int beyond,
      double[] plane,
      int planeAt) {
    int pitch = r.columns() + beyond / 2;
    int line = SIDE * pitch;
    int lines = r.rows() * SIDE + beyond;
    int first = r.row() * SIDE - paddingHeight;
    int above = Math.min(lines, Math.max(0, -first));
    int end = Math.max(above, Math.min(lines, height - first));
    Arrays.fill(plane, planeAt, planeAt + above * line, 0);
    if (above < end) {
      fillLines(
          source,
          sourceAt + (first + above) * width,
          width,
          r.column() * SIDE - paddingWidth,
          end - above,
          r.columns(),
          beyond,
          plane,
          planeAt + above * line);
    }
    // Behind the lines above, which are written in whole vectors.
    Arrays.fill(plane, planeAt + end * line, planeAt + lines * line, 0);
  }

  /** Fills count lines from columns start on, which may lie outside of the source. */
  private static void fillLines(
      double[] source,
      int sourceAt,
      int width,
      int start,
      int count,
      int columns,
      int beyond,
      double[] plane,
      int planeAt) {
    int pitch = columns + beyond / 2;
    int at = sourceAt + start;
    int reach = at + (count - 1) * width + SIDE * LANES + beyond;
    double[] from = source;
    if (at < 0 || reach > source.length) {
      int begin = Math.max(0, at);
      from = new double[reach - at];
      System.arraycopy(source, begin, from, begin - at, Math.min(source.length, reach) - begin);
      at = 0;
    }
    EveryFourthF64.part(count, from, at, width, plane, planeAt, SIDE * pitch, pitch);
    int own = columns * SIDE;
    for (int i = 0; i < count; i++, at += width) {
      int to = planeAt + i * SIDE * pitch;
      for (int q = own; q < own + beyond; q++) {
        plane[to + q % SIDE * pitch + q / SIDE] = from[at + q];
      }
      for (int q = 0; q < -start; q++) {
        plane[to + q % SIDE * pitch + q / SIDE] = 0;
      }
      for (int q = width - start; q < own + beyond; q++) {
        plane[to + q % SIDE * pitch + q / SIDE] = 0;
      }
    }
  }

  /** to[point][tile·channels] = Bᵀ·plane·B for every tile, the points toStep apart. */
  void input(
      double[] plane, int planeAt, Rectangle r, int channels, double[] to, int toAt, int toStep) {
    int pitch = (r.columns() + 1) * channels;
    int n = r.columns() * channels;
    for (int i = 0; i < r.rows(); i++) {
      for (int e = 0; e < n; e += LANES) {
        int at = planeAt + i * SIDE * SIDE * pitch + e;
        int t = toAt + i * n + e;
        WinogradMapsF64.input(
            plane, at, SIDE * pitch, pitch, channels, half, to, t, toStep, FIELD * toStep);
      }
    }
  }

  /** to[point][tile·channels] = A·plane·Aᵀ for every tile, the points toStep apart. */
  void outputGradient(
      double[] plane, int planeAt, Rectangle r, int channels, double[] to, int toAt, int toStep) {
    int n = r.columns() * channels;
    for (int i = 0; i < r.rows(); i++) {
      for (int e = 0; e < n; e += LANES) {
        int at = planeAt + i * SIDE * SIDE * n + e;
        int t = toAt + i * n + e;
        WinogradMapsF64.outputGradient(plane, at, SIDE * n, n, half, to, t, toStep, FIELD * toStep);
      }
    }
  }

  /** to[height, width] = Aᵀ·points·A for the tiles of one channel, at at in each point. */
  void output(
      double[] points,
      int at,
      int step,
      Rectangle r,
      double[] to,
      int toAt,
      int height,
      int width) {
    int columns = Math.min(r.columns() * SIDE, width - r.column() * SIDE);
    for (int i = 0; i < r.rows(); i++) {
      int from = at + i * r.columns();
      WinogradMapsF64.output(points, from, FIELD * step, step, half, half, 0, LANES, ROW);
      int line = (r.row() + i) * SIDE;
      int target = toAt + line * width + r.column() * SIDE;
      boolean whole = columns == SIDE * LANES && line + SIDE <= height;
      double[] out = whole ? to : half;
      int outAt = whole ? target : HALF;
      int outStep = whole ? width : SIDE * LANES;
      EveryFourthF64.join(SIDE, half, 0, ROW, LANES, out, outAt, outStep);
      for (int j = 0; !whole && j < Math.min(SIDE, height - line); j++) {
        System.arraycopy(half, outAt + j * outStep, to, target + j * width, columns);
      }
    }
  }
}
