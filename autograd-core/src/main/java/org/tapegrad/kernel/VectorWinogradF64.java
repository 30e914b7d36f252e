package org.tapegrad.kernel;

import static org.tapegrad.kernel.TileGrid.FIELD;
import static org.tapegrad.kernel.TileGrid.POINTS;
import static org.tapegrad.kernel.VectorTileF64.COLUMNS;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;

import org.tapegrad.kernel.TileGrid.Rectangle;

/**
 * Convolutions that {@link ConvolutionShape#suitsWinograd}, by Winograd's method (see {@link
 * WinogradMapsF64}): 36 products for 16 results of a channel and a filter, where the definition has
 * 144.
 *
 * <p>A task brings one rectangle of tiles of all channels to the 36 points, which fits the
 * second-level cache; multiplies them, for each point a matrix [channels, tiles], by the weights of
 * one panel of filters after the other; and brings the products to the result while they are in the
 * first-level cache.
 */
final class VectorWinogradF64 implements Convolution<double[]> {
  private static final int TAPS = 9;

  /** Channels summed up at a time. */
  private static final int KC = 192;

  /** From one point of a panel's products to the next; a vector more than they need. */
  private static final int OUT_STEP = ROWS * COLUMNS + LANES;

  @Override
  public void forward(ConvolutionShape s, double[] x, double[] weight, double[] y) {
    Map call =
        new Map(
            new Images(s.inChannels(), s.inHeight(), s.inWidth()),
            new Images(s.outChannels(), s.outHeight(), s.outWidth()),
            s.paddingHeight(),
            s.paddingWidth(),
            false);
    call.compute(s.batch(), x, weight, y);
  }

  @Override
  public void inputGradient(ConvolutionShape s, double[] g, double[] weight, double[] dx) {
    Map call =
        new Map(
            new Images(s.outChannels(), s.outHeight(), s.outWidth()),
            new Images(s.inChannels(), s.inHeight(), s.inWidth()),
            2 - s.paddingHeight(),
            2 - s.paddingWidth(),
            true);
    call.compute(s.batch(), g, weight, dx);
  }

  @Override
  public void weightGradient(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    WinogradWeightGradientF64.compute(s, x, g, dweight);
  }

  /** The sizes of one image. */
  private record Images(int channels, int height, int width) {
    int at(int image, int channel) {
      return (image * channels + channel) * height * width;
    }
  }

  /**
   * The map from x to y or, with the taps in reverse and the two axes of channels exchanged, from g
   * to dx.
   */
  private record Map(Images in, Images out, int paddingHeight, int paddingWidth, boolean gradient) {

    /** From one point of a panel of weights to the next. */
    int weightStep() {
      return TileGrid.ceil(in.channels * ROWS, LANES) * LANES + LANES;
    }

    void compute(int images, double[] x, double[] weight, double[] y) {
      int panels = TileGrid.ceil(out.channels, ROWS);
      double[] packed = ScratchF64.borrow(panels * POINTS * weightStep());
      Parallel.forEach(
          panels,
          (long) POINTS * weightStep(),
          (from, to) -> {
            double[] taps = ScratchF64.borrow(TAPS * weightStep());
            for (int i = from; i < to; i++) {
              packWeights(weight, i * ROWS, taps, packed, i * POINTS * weightStep());
            }
            ScratchF64.giveBack(taps);
          });
      TileGrid grid = TileGrid.of(images, out.height, out.width, LANES, COLUMNS);
      int inStep = in.channels * COLUMNS + LANES;
      Parallel.forEach(
          grid.rectangles(),
          (long) COLUMNS * POINTS * in.channels * out.channels / 32,
          (from, to) -> {
            WinogradTilesF64 tiles = new WinogradTilesF64();
            double[] plane = ScratchF64.borrow(WinogradTilesF64.PLANE + LANES);
            double[] input = ScratchF64.borrow(POINTS * inStep);
            double[] output = ScratchF64.borrow(POINTS * OUT_STEP);
            double[] tile = ScratchF64.borrow(ROWS * COLUMNS);
            for (int i = from; i < to; i++) {
              Rectangle r = grid.rectangle(i);
              bring(x, r, tiles, plane, input, inStep);
              multiply(r, packed, input, inStep, tiles, output, tile, y);
            }
            ScratchF64.giveBack(tile);
            ScratchF64.giveBack(output);
            ScratchF64.giveBack(input);
            ScratchF64.giveBack(plane);
          });
      ScratchF64.giveBack(packed);
    }

    /** to[point][channel][filter] for a panel of filters, those beyond the last being zero. */
    private void packWeights(double[] weight, int filter, double[] taps, double[] to, int toAt) {
      int step = weightStep();
      int filterStep = (gradient ? 1 : in.channels) * TAPS;
      int channelStep = (gradient ? out.channels : 1) * TAPS;
      for (int c = 0; c < in.channels; c++) {
        for (int f = 0; f < ROWS; f++) {
          int from = (filter + f) * filterStep + c * channelStep + (gradient ? TAPS - 1 : 0);
          int at = c * ROWS + f;
          for (int tap = 0; tap < TAPS; tap++, at += step) {
            taps[at] = filter + f < out.channels ? weight[gradient ? from - tap : from + tap] : 0;
          }
        }
      }
      double[] half = new double[WinogradMapsF64.HALF];
      for (int i = 0; i < in.channels * ROWS; i += LANES) {
        WinogradMapsF64.weight(taps, i, 3 * step, step, half, to, toAt + i, step, FIELD * step);
      }
    }

    /** input[point][channel][tile] of a rectangle, the tiles rounded up to whole vectors. */
    private void bring(
        double[] x,
        Rectangle r,
        WinogradTilesF64 tiles,
        double[] plane,
        double[] input,
        int inStep) {
      int pitch = TileGrid.ceil(r.tiles(), LANES) * LANES;
      for (int c = 0; c < in.channels; c++) {
        int at = in.at(r.image(), c);
        tiles.fill(x, at, in.height, in.width, paddingHeight, paddingWidth, r, 2, plane, 0);
        tiles.input(plane, 0, r, 1, input, c * pitch, inStep);
      }
    }

    private void multiply(
        Rectangle r,
        double[] packed,
        double[] input,
        int inStep,
        WinogradTilesF64 tiles,
        double[] output,
        double[] tile,
        double[] y) {
      int vectors = TileGrid.ceil(r.tiles(), LANES);
      int width = vectors * LANES;
      for (int k = 0; k < out.channels; k += ROWS) {
        for (int p = 0; p < POINTS; p++) {
          int a = (k / ROWS * POINTS + p) * weightStep();
          int b = p * inStep;
          int to = p * OUT_STEP;
          for (int c = 0; c < in.channels; c += KC) {
            int terms = Math.min(KC, in.channels - c);
            double[] sums = c == 0 ? output : tile;
            VectorTileF64.multiply(
                vectors, terms, packed, a + c * ROWS, input, b + c * width, sums, c == 0 ? to : 0);
            if (c > 0) {
              VectorTileF64.store(tile, width, ROWS, width, output, to, width, true);
            }
          }
        }
        for (int f = 0; f < Math.min(ROWS, out.channels - k); f++) {
          int at = out.at(r.image(), k + f);
          tiles.output(output, f * width, OUT_STEP, r, y, at, out.height, out.width);
        }
      }
    }
  }
}
