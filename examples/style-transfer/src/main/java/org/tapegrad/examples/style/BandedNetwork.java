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
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
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
  private final Path folder;
  private final Tape tape = Tape.inference();
  private final List<StoredPlanes> open = new ArrayList<>();

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

    /** The first channels alone. */
    Planes first(int count) {
      return new Planes(count, height, width, (from, to) -> rows.read(from, to).slice(1, 0, count));
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

  /** Stores its intermediate planes in a folder. */
  BandedNetwork(TransformerNetwork network, Path folder) {
    weights = network.state();
    this.folder = folder;
  }

  /** The picture repainted, as large as it is. */
  BufferedImage repaint(BufferedImage picture) throws IOException {
    try {
      return image(lastPlanes(input(picture)), picture.getWidth(), picture.getHeight());
    } finally {
      close(List.copyOf(open));
    }
  }

  private Planes lastPlanes(Planes input) throws IOException {
    Planes fine = block(input, "whole", 1);
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
    return residual(last, "toWhole.residual").beside(input.first(3));
  }

  private void close(List<StoredPlanes> done) {
    done.forEach(StoredPlanes::close);
    open.removeAll(done);
  }

  /** Picture and noise [1, 4, H, W], mirrored at the right and below to whole cells. */
  private Planes input(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    int right = Math.floorMod(-w, TransformerNetwork.CELL);
    int below = Math.floorMod(-h, TransformerNetwork.CELL);
    Tensor noise = Noise.of(tape, new int[] {1, 1, h + below, w + right}, 0);
    return new Planes(
        4,
        h + below,
        w + right,
        (from, to) -> {
          int first = Math.max(0, Math.min(from, 2 * (h - 1) - (to - 1)));
          int missing = Math.max(0, to - h);
          BufferedImage part = picture.getSubimage(0, first, w, Math.min(to, h) - first);
          Tensor x = reflectionPad2d(tape.constant(Pixels.of(part)), 0, right, 0, missing);
          Tensor band = x.slice(2, from - first, to - first);
          return concat(List.of(band.minus(0.5), noise.slice(2, from, to)), 1);
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
    float[] gamma = weights.get(name + ".weight").toFloatArray();
    float[] beta = weights.get(name + ".bias").toFloatArray();
    return new Planes(
        x.channels(),
        x.height(),
        x.width(),
        (from, to) -> {
          float[] values = x.read(from, to);
          int n = (to - from) * x.width();
          for (int c = 0; c < x.channels(); c++) {
            double mean = x.mean(c);
            double scale = gamma[c] / Math.sqrt(x.variance(c) + EPS);
            for (int i = c * n; i < (c + 1) * n; i++) {
              float y = (float) ((values[i] - mean) * scale + beta[c]);
              values[i] = relu ? Math.max(0, y) : y;
            }
          }
          return tape.constant(NdArray.of(values, 1, x.channels(), to - from, x.width()));
        });
  }

  private BufferedImage image(Planes x, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int step = bandOf(x.channels, x.width);
    for (int y = 0; y < height; y += step) {
      int to = Math.min(height, y + step);
      Tensor band = sigmoid(convolved(x, "output", 1, y, to)).slice(3, 0, width);
      image.getRaster().setRect(0, y, Pixels.toImage(band.value()).getRaster());
    }
    return image;
  }
}
