package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.sigmoid;
import static org.tapegrad.ops.Concatenation.concat;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.Padding.reflectionPad2d;
import static org.tapegrad.ops.Upsampling.upsampleBilinear;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * {@link TransformerNetwork} for pictures that are larger than memory: layer by layer, each in
 * bands of rows. What a convolution gives is stored in a file, because the norm behind it needs the
 * mean of the whole plane first; everything between two convolutions is computed when a band is
 * asked for. Takes about 260 bytes of disk a pixel while it runs, and gives what the network gives
 * but for the rounding of the sums.
 */
final class BandedNetwork {
  /** Elements of a band. */
  private static final int BAND = 1 << 21;

  private static final double EPS = 1e-5;

  private final Map<String, NdArray> weights;
  private final NdArray mixture;
  private final Path folder;
  private final Tape tape = Tape.inference();
  private final List<StoredPlanes> open = new ArrayList<>();
  private DoubleConsumer progress;
  private double total;
  private double done;

  /** The rows [from, to) of planes [1, channels, height, width]. */
  private record Planes(int channels, int height, int width, Rows rows) {
    Planes plus(Planes other) {
      return new Planes(
          channels,
          height,
          width,
          (from, to) -> rows.read(from, to).plus(other.rows.read(from, to)));
    }

    Planes beside(Planes other) {
      return new Planes(
          channels + other.channels,
          height,
          width,
          (from, to) -> concat(List.of(rows.read(from, to), other.rows.read(from, to)), 1));
    }

    Planes twice() {
      return new Planes(
          channels,
          2 * height,
          2 * width,
          (from, to) -> {
            int first = Math.max(0, (from - 1) >> 1); // a row lies between two of half the size
            Tensor all = upsampleBilinear(rows.read(first, Math.min(height, to / 2 + 1)), 2);
            return all.slice(2, from - 2 * first, to - 2 * first);
          });
    }
  }

  private interface Rows {
    Tensor read(int from, int to);
  }

  /** Takes rows [1, 3, h, W] of the result, which begin at row y, one band after the other. */
  interface Bands {
    void take(int y, NdArray band);
  }

  /** Stores its intermediate planes in a folder. */
  BandedNetwork(TransformerNetwork network, Path folder) {
    weights = network.state();
    mixture = NdArray.of(network.mixture(), 1, network.styles().size()).to(DType.FLOAT32);
    this.folder = folder;
  }

  /** The picture repainted, as large as it is, opaque. */
  BufferedImage repaint(BufferedImage picture, DoubleConsumer progress) throws IOException {
    BufferedImage image =
        new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
    repaint(
        picture,
        progress,
        (y, band) -> image.getRaster().setRect(0, y, Pixels.toImage(band).getRaster()));
    return image;
  }

  /**
   * The repainted picture in bands from above to below.
   *
   * @param progress takes the part of the work that is done, up to 1
   */
  void repaint(BufferedImage picture, DoubleConsumer progress, Bands bands) throws IOException {
    this.progress = progress;
    total = 0;
    done = 0;
    weights.forEach((name, weight) -> total += work(name, weight));
    try {
      Planes last = lastPlanes(photograph(picture));
      int step = bandOf(last.channels, last.width);
      for (int y = 0; y < picture.getHeight(); y += step) {
        int to = Math.min(picture.getHeight(), y + step);
        Tensor band = sigmoid(convolved(last, "output", 1, y, to));
        bands.take(y, band.slice(3, 0, picture.getWidth()).value());
        report("output", (double) (to - y) / picture.getHeight());
      }
    } finally {
      close(List.copyOf(open));
    }
  }

  /** Multiplications of a convolution, for each pixel of the picture; of other weights none. */
  private static double work(String name, NdArray weight) {
    double side =
        name.startsWith("quarter")
            ? 0.25
            : name.startsWith("half") || name.startsWith("toHalf") ? 0.5 : 1;
    return weight.rank() == 4 ? weight.size() * side * side : 0;
  }

  private void report(String convolution, double part) {
    String name = convolution + ".weight";
    done += part * work(name, weights.get(name));
    progress.accept(done / total);
  }

  private Planes lastPlanes(Planes photograph) throws IOException {
    StoredPlanes white = whiteNoise(photograph.height, photograph.width);
    Planes fine = block(photograph.beside(smooth(white)), "whole", 1);
    close(List.of(white));
    Planes middle = block(fine, "half", 2);
    Planes coarse = block(middle, "quarter", 2);
    for (int i = 1; i <= TransformerNetwork.BLOCKS; i++) {
      coarse = residual(coarse, "quarter.residual" + i);
    }
    List<StoredPlanes> ofQuarter = List.copyOf(open.subList(2, open.size()));
    Planes up = block(coarse.twice(), "toHalf.block", 1).plus(middle);
    close(ofQuarter);
    up = residual(up, "toHalf.residual");
    List<StoredPlanes> ofHalf = List.copyOf(open.subList(1, open.size()));
    Planes last = block(up.twice(), "toWhole.block", 1).plus(fine);
    close(ofHalf);
    return residual(last, "toWhole.residual").beside(photograph);
  }

  private void close(List<StoredPlanes> done) {
    done.forEach(StoredPlanes::close);
    open.removeAll(done);
  }

  /** The picture [1, 3, H, W], mirrored at the right and below to whole cells. */
  private Planes photograph(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    int right = Math.floorMod(-w, TransformerNetwork.CELL);
    int below = Math.floorMod(-h, TransformerNetwork.CELL);
    return new Planes(
        3,
        h + below,
        w + right,
        (from, to) -> {
          int first = Math.max(0, Math.min(from, 2 * (h - 1) - (to - 1)));
          int missing = Math.max(0, to - h);
          BufferedImage part = picture.getSubimage(0, first, w, Math.min(to, h) - first);
          Tensor x = tape.constant(Pixels.of(Pixels.overWhite(part)));
          Tensor padded = reflectionPad2d(x, 0, right, 0, missing);
          return padded.slice(2, from - first, to - first).minus(0.5);
        });
  }

  private StoredPlanes whiteNoise(int height, int width) throws IOException {
    int margin = 2 * Noise.REACH;
    StoredPlanes white = new StoredPlanes(folder, 1, height + margin, width + margin);
    open.add(white);
    SplittableRandom random = new SplittableRandom(0);
    int step = bandOf(1, white.width());
    for (int y = 0; y < white.height(); y += step) {
      int rows = Math.min(step, white.height() - y);
      white.append(Noise.white(random, 1, rows, white.width()).toFloatArray(), rows);
    }
    return white;
  }

  private Planes smooth(StoredPlanes white) {
    int margin = 2 * Noise.REACH;
    return new Planes(
        1,
        white.height() - margin,
        white.width() - margin,
        (from, to) -> {
          float[] rows = white.read(from, to + margin);
          return Noise.smooth(
              tape.constant(NdArray.of(rows, 1, 1, to + margin - from, white.width())));
        });
  }

  private Planes block(Planes x, String name, int stride) throws IOException {
    return normalized(convolved(x, name + ".conv", stride), name + ".norm", true);
  }

  private Planes residual(Planes x, String name) throws IOException {
    StoredPlanes first = convolved(x, name + ".block.conv", 1);
    Planes inner = normalized(first, name + ".block.norm", true);
    Planes outer = normalized(convolved(inner, name + ".conv", 1), name + ".norm", false);
    close(List.of(first));
    return x.plus(outer);
  }

  private StoredPlanes convolved(Planes x, String name, int stride) throws IOException {
    int channels = weights.get(name + ".weight").size(0);
    StoredPlanes out = new StoredPlanes(folder, channels, x.height / stride, x.width / stride);
    open.add(out);
    int step = bandOf(Math.max(x.channels * stride * stride, channels), out.width());
    for (int y = 0; y < out.height(); y += step) {
      int to = Math.min(out.height(), y + step);
      out.append(convolved(x, name, stride, y, to).value().toFloatArray(), to - y);
      report(name, (double) (to - y) / out.height());
    }
    return out;
  }

  private static int bandOf(int channels, int width) {
    return Math.max(8, BAND / (channels * width));
  }

  /** Rows [from, to) of the convolution of x, mirrored at the border as far as a kernel reaches. */
  private Tensor convolved(Planes x, String name, int stride, int from, int to) {
    NdArray weight = weights.get(name + ".weight");
    NdArray bias = weights.get(name + ".bias");
    int reach = weight.size(2) / 2;
    int first = from * stride - reach;
    int end = (to - 1) * stride + reach + 1;
    Tensor band = x.rows.read(Math.max(0, first), Math.min(x.height, end));
    Tensor padded =
        reflectionPad2d(band, reach, reach, Math.max(0, -first), Math.max(0, end - x.height));
    return conv2d(
        padded, tape.constant(weight), bias == null ? null : tape.constant(bias), stride, 0);
  }

  /** Instance norm, and relu where it follows. */
  private Planes normalized(StoredPlanes x, String name, boolean relu) {
    float[] gamma = mixture.matmul(weights.get(name + ".weight")).toFloatArray();
    float[] beta = mixture.matmul(weights.get(name + ".bias")).toFloatArray();
    return new Planes(
        x.channels(),
        x.height(),
        x.width(),
        (from, to) -> {
          float[] values = x.read(from, to);
          int n = (to - from) * x.width();
          for (int c = 0; c < x.channels(); c++) {
            float mean = (float) x.mean(c);
            float rest = (float) (x.mean(c) - mean);
            float scale = (float) (gamma[c] / Math.sqrt(x.variance(c) + EPS));
            float least = relu ? 0 : Float.NEGATIVE_INFINITY;
            normalize(values, c * n, (c + 1) * n, mean, rest, scale, beta[c], least);
          }
          return tape.constant(NdArray.of(values, 1, x.channels(), to - from, x.width()));
        });
  }

  /** A loop of its own, and of floats alone, which Java runs in vectors. */
  private static void normalize(
      float[] x, int from, int to, float mean, float rest, float scale, float shift, float least) {
    for (int i = from; i < to; i++) {
      x[i] = Math.max(least, (x[i] - mean - rest) * scale + shift);
    }
  }
}
