package org.tapegrad.kernel;

import static org.tapegrad.kernel.TileGrid.FIELD;
import static org.tapegrad.kernel.TileGrid.POINTS;
import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;

import org.tapegrad.kernel.TileGrid.Rectangle;

/**
 * The weight gradient by Winograd's method: Gᵀ·(sum over tiles of (A·g·Aᵀ) ⊙ (Bᵀ·x·B))·G, where the
 * sum of a point is the product of g[filter, tile] and x[tile, channel].
 *
 * <p>Tiles are taken in bands. All of a band are first brought into panels, in which channels lie
 * side by side, then tasks add the products to their own part of the sums, band after band.
 */
final class WinogradWeightGradientF64 {
  /** Tiles in a band, at most. */
  private static final int BAND = 4 * COLUMNS;

  private final ConvolutionShape s;
  private final double[] x;
  private final double[] g;
  private final TileGrid grid;

  /** Channels in a panel of x, and the panels. */
  private final int wide;

  private final int inPanels;
  private final int outPanels;

  /** From one point to the next in panels of x, of g and of sums. */
  private final int inStep;

  private final int outStep;
  private final int sumStep;
  private final double[] in;
  private final double[] out;
  private final double[] sum;

  private WinogradWeightGradientF64(ConvolutionShape s, double[] x, double[] g) {
    this.s = s;
    this.x = x;
    this.g = g;
    grid = TileGrid.of(s.batch(), s.outHeight(), s.outWidth(), LANES, COLUMNS);
    inPanels = TileGrid.ceil(s.inChannels(), COLUMNS);
    wide = TileGrid.ceil(TileGrid.ceil(s.inChannels(), inPanels), LANES) * LANES;
    outPanels = TileGrid.ceil(s.outChannels(), ROWS);
    inStep = BAND * wide + LANES;
    outStep = BAND * ROWS + LANES;
    sumStep = ROWS * wide;
    in = ScratchF64.borrow(inPanels * POINTS * inStep);
    out = ScratchF64.borrow(outPanels * POINTS * outStep);
    sum = ScratchF64.borrow(inPanels * outPanels * POINTS * sumStep);
  }

  /** dweight[K, C, 3, 3] from x[N, C, H, W] and g[N, K, oH, oW]. */
  static void compute(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    WinogradWeightGradientF64 call = new WinogradWeightGradientF64(s, x, g);
    int last = call.grid.rectangles();
    int tiles = 0;
    for (int from = 0, to = 0; from < last; from = to, tiles = 0) {
      for (; to < last && tiles + call.grid.rectangle(to).tiles() <= BAND; to++) {
        tiles += call.grid.rectangle(to).tiles();
      }
      call.pack(from, to);
      call.addProducts(tiles, from > 0);
    }
    call.store(dweight);
    ScratchF64.giveBack(call.sum);
    ScratchF64.giveBack(call.out);
    ScratchF64.giveBack(call.in);
  }

  /** Brings the rectangles [first, last) into panels. */
  private void pack(int first, int last) {
    int rectangles = last - first;
    Parallel.forEach(
        inPanels * rectangles + outPanels,
        (long) COLUMNS * POINTS * wide,
        (from, to) -> {
          WinogradTilesF64 tiles = new WinogradTilesF64();
          int size = WinogradTilesF64.PLANE * wide + LANES;
          double[] planes = ScratchF64.borrow(size);
          double[] pixels = ScratchF64.borrow(size);
          for (int i = from; i < to; i++) {
            if (i < inPanels * rectangles) {
              packInput(i / rectangles, first, first + i % rectangles, tiles, planes, pixels);
            } else {
              packOutput(i - inPanels * rectangles, first, last, tiles, planes, pixels);
            }
          }
          ScratchF64.giveBack(pixels);
          ScratchF64.giveBack(planes);
        });
  }

  private void packInput(
      int panel, int first, int i, WinogradTilesF64 tiles, double[] planes, double[] pixels) {
    Rectangle r = grid.rectangle(i);
    int size = WinogradTilesF64.planeSize(r, 2);
    int plane = s.inHeight() * s.inWidth();
    int channels = Math.min(wide, s.inChannels() - panel * wide);
    for (int c = 0; c < channels; c++) {
      int at = (r.image() * s.inChannels() + panel * wide + c) * plane;
      tiles.fill(
          x,
          at,
          s.inHeight(),
          s.inWidth(),
          s.paddingHeight(),
          s.paddingWidth(),
          r,
          2,
          planes,
          c * size);
    }
    int width = width(panel);
    PanelsF64.interleave(planes, 0, size, channels, size, pixels, 0, width, width);
    int to = panel * POINTS * inStep + tilesBefore(first, i) * width;
    tiles.input(pixels, 0, r, width, in, to, inStep);
  }

  private void packOutput(
      int panel, int first, int last, WinogradTilesF64 tiles, double[] planes, double[] pixels) {
    int plane = s.outHeight() * s.outWidth();
    int filters = Math.min(ROWS, s.outChannels() - panel * ROWS);
    int to = panel * POINTS * outStep;
    for (int i = first; i < last; i++) {
      Rectangle r = grid.rectangle(i);
      int size = WinogradTilesF64.planeSize(r, 0);
      for (int k = 0; k < filters; k++) {
        int at = (r.image() * s.outChannels() + panel * ROWS + k) * plane;
        tiles.fill(g, at, s.outHeight(), s.outWidth(), 0, 0, r, 0, planes, k * size);
      }
      PanelsF64.interleave(planes, 0, size, filters, size, pixels, 0, ROWS, ROWS);
      tiles.outputGradient(pixels, 0, r, ROWS, out, to, outStep);
      to += r.tiles() * ROWS;
    }
  }

  /** Channels of a panel of x, rounded up to whole vectors. */
  private int width(int panel) {
    return Math.min(wide, TileGrid.ceil(s.inChannels() - panel * wide, LANES) * LANES);
  }

  private int tilesBefore(int first, int i) {
    int tiles = 0;
    for (int j = first; j < i; j++) {
      tiles += grid.rectangle(j).tiles();
    }
    return tiles;
  }

  /** sum[filter, channel] += g[filter, tile] · x[tile, channel] for every point. */
  private void addProducts(int tiles, boolean add) {
    Parallel.forEach(
        inPanels * POINTS,
        (long) tiles * wide * s.outChannels() / 32,
        (from, to) -> {
          double[] tile = ScratchF64.borrow(ROWS * COLUMNS);
          for (int i = from; i < to; i++) {
            int panel = i / POINTS;
            int point = i % POINTS;
            int width = width(panel);
            for (int k = 0; k < outPanels; k++) {
              VectorTileF64.multiply(
                  width / LANES,
                  tiles,
                  out,
                  (k * POINTS + point) * outStep,
                  in,
                  i * inStep,
                  tile,
                  0);
              int at = ((panel * outPanels + k) * POINTS + point) * sumStep;
              VectorTileF64.store(tile, width, ROWS, width, sum, at, width, add);
            }
          }
          ScratchF64.giveBack(tile);
        });
  }

  /** dweight = Gᵀ·sum·G. */
  private void store(double[] dweight) {
    Parallel.forEach(
        inPanels * outPanels,
        (long) POINTS * sumStep,
        (from, to) -> {
          double[] half = new double[WinogradMapsF64.HALF];
          for (int i = from; i < to; i++) {
            int panel = i / outPanels;
            int width = width(panel);
            for (int e = 0; e < ROWS * width; e += LANES) {
              int at = i * POINTS * sumStep + e;
              WinogradMapsF64.weightGradient(
                  sum, at, FIELD * sumStep, sumStep, half, half, 0, LANES, WinogradMapsF64.ROW);
              int k = i % outPanels * ROWS + e / width;
              int c = panel * wide + e % width;
              if (k < s.outChannels()) {
                scatter(half, dweight, k * s.inChannels() + c, s.inChannels() - c);
              }
            }
          }
        });
  }

  /** The taps of a vector of channels side by side. */
  private static void scatter(double[] half, double[] dweight, int at, int channels) {
    for (int lane = 0; lane < Math.min(LANES, channels); lane++) {
      for (int tap = 0; tap < 9; tap++) {
        dweight[(at + lane) * 9 + tap] = half[(tap / 3 * FIELD + tap % 3) * LANES + lane];
      }
    }
  }
}
