package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.Padding.reflectionPad2d;
import static org.tapegrad.ops.Pyramid.downsample;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Conv2dOptions;

/**
 * What a picture looks like to a fixed bank of oriented filters on a pyramid, in place of a trained
 * network. On every level and in each of three colour channels (luma, red-green, blue-yellow): 25
 * {@link Gabor} filters and the low-pass channel itself, both signs rectified, large responses
 * compressed.
 *
 * <p>Every response is divided by its root mean square on the painting, so that all of them count
 * alike; the low-pass channels are taken relative to the painting's mean.
 */
final class FilterBank {
  /** Levels of the pyramid, the picture itself first. */
  static final int LEVELS = 5;

  /** Rectified responses per colour channel. */
  static final int CHANNELS = 2 * (Gabor.bank().size() + 1);

  /** Rectified low-pass channels of all colours, and a constant that makes products means. */
  static final int LOW_PASS = 2 * 3 + 1;

  /** The shortest side of a picture that the coarsest level can be computed of. */
  static final int SMALLEST = ((Gabor.SIZE / 2) << (LEVELS - 1)) + 1;

  /**
   * Where a response r, compressed to r / (1 + r / SATURATION), would end (Naka and Rushton 1966).
   * Without this, a few extreme spots can make up for strokes that are missing everywhere.
   */
  private static final double SATURATION = 2;

  /** Luma (ITU-R BT.601), red-green and blue-yellow from red, green, blue. */
  private static final float[] OPPONENTS = {
    0.299f, 0.587f, 0.114f, 0.5f, -0.5f, 0, 0.25f, 0.25f, -0.5f
  };

  private final NdArray opponents = NdArray.of(OPPONENTS, 3, 3, 1, 1);
  private final List<Filters> levels = new ArrayList<>();

  /**
   * The filters of one level, as weights and biases of convolutions.
   *
   * @param oriented [3·CHANNELS, 1, SIZE, SIZE], in three groups
   * @param lowPass [LOW_PASS, 3, 1, 1]
   */
  private record Filters(NdArray oriented, NdArray shift, NdArray lowPass, NdArray lowPassShift) {}

  /** A bank whose responses are in units of those to this painting [1, 3, H, W]. */
  FilterBank(Tensor painting) {
    for (Tensor level : pyramid(painting)) {
      levels.add(filters(level));
    }
  }

  /** The three colour channels [N, 3, h, w] on every level of a blurred pyramid, finest first. */
  List<Tensor> pyramid(Tensor pictures) {
    Tensor level = conv2d(pictures, constant(pictures, opponents), null);
    List<Tensor> pyramid = new ArrayList<>(List.of(level));
    while (pyramid.size() < LEVELS) {
      level = downsample(level);
      pyramid.add(level);
    }
    return pyramid;
  }

  /** The responses [N, 3·CHANNELS, h, w], colour by colour, to one level of the pyramid. */
  Tensor responses(int level, Tensor colours) {
    return filtered(level, colours, 3);
  }

  /** The responses [N, CHANNELS, h, w] to the luma of one level of the pyramid. */
  Tensor lumaResponses(int level, Tensor colours) {
    return filtered(level, colours.slice(1, 0, 1), 1);
  }

  private Tensor filtered(int level, Tensor channels, int count) {
    Filters f = levels.get(level);
    NdArray weight = f.oriented.slice(0, 0, count * CHANNELS);
    NdArray bias = f.shift.slice(0, 0, count * CHANNELS);
    Tensor r =
        relu(
            conv2d(
                padded(channels),
                constant(channels, weight),
                constant(channels, bias),
                Conv2dOptions.DEFAULT.withGroups(count)));
    return r.dividedBy(r.times(1 / SATURATION).plus(1));
  }

  /** Rectified low-pass channels and the constant 1, [N, LOW_PASS, h, w], of one level. */
  Tensor lowPass(int level, Tensor colours) {
    Filters f = levels.get(level);
    return relu(conv2d(colours, constant(colours, f.lowPass), constant(colours, f.lowPassShift)));
  }

  private static Tensor padded(Tensor channels) {
    return reflectionPad2d(channels, Gabor.SIZE / 2);
  }

  private static Tensor constant(Tensor like, NdArray value) {
    return like.tape().constant(value);
  }

  /** The filters in units of the responses to a painting's level [1, 3, h, w]. */
  private static Filters filters(Tensor painting) {
    int area = Gabor.SIZE * Gabor.SIZE;
    float[] oriented = new float[3 * CHANNELS * area];
    float[] shift = new float[3 * CHANNELS];
    float[] lowPass = new float[LOW_PASS * 3];
    float[] lowPassShift = new float[LOW_PASS];
    lowPassShift[LOW_PASS - 1] = 1;
    for (int colour = 0; colour < 3; colour++) {
      Tensor channel = painting.slice(1, colour, colour + 1);
      int row = colour * CHANNELS;
      for (double[] filter : Gabor.bank()) {
        double scale =
            1 / deviation(conv2d(padded(channel), constant(channel, weight(filter)), null));
        scaled(filter, scale, oriented, row++ * area);
        scaled(filter, -scale, oriented, row++ * area);
      }
      double mean = channel.mean().item();
      double scale = 1 / deviation(channel.minus(mean));
      for (int sign = 1; sign >= -1; sign -= 2) {
        oriented[row * area + area / 2] = (float) (sign * scale);
        shift[row++] = (float) (-sign * scale * mean);
        int low = colour * 2 + (1 - sign) / 2;
        lowPass[low * 3 + colour] = (float) (sign * scale);
        lowPassShift[low] = (float) (-sign * scale * mean);
      }
    }
    return new Filters(
        NdArray.of(oriented, 3 * CHANNELS, 1, Gabor.SIZE, Gabor.SIZE),
        NdArray.of(shift, 3 * CHANNELS),
        NdArray.of(lowPass, LOW_PASS, 3, 1, 1),
        NdArray.of(lowPassShift, LOW_PASS));
  }

  private static NdArray weight(double[] filter) {
    float[] values = new float[filter.length];
    scaled(filter, 1, values, 0);
    return NdArray.of(values, 1, 1, Gabor.SIZE, Gabor.SIZE);
  }

  private static void scaled(double[] filter, double scale, float[] to, int at) {
    for (int i = 0; i < filter.length; i++) {
      to[at + i] = (float) (scale * filter[i]);
    }
  }

  /** The root mean square; a painting without any contrast must not divide by zero. */
  private static double deviation(Tensor x) {
    return Math.max(Math.sqrt(x.square().mean().item()), 1e-3);
  }
}
