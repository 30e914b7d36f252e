package org.tapegrad.examples.style;

import static org.tapegrad.ops.Pyramid.blur;

import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Smooth noise that the network sees beside the photograph (Ulyanov et al. 2016, arXiv:1603.03417):
 * from it, brush strokes grow where the photograph shows nothing. White noise, blurred: alike at
 * every pixel. Random values 4 pixels apart with a line between them are not, and the network drew
 * their grid.
 */
final class Noise {
  /** Pixels as far as two blurs reach. */
  private static final int REACH = 4;

  /** Of the white noise; two blurs leave a fifth of it. */
  private static final double DEVIATION = 0.17;

  private Noise() {}

  /** Noise [N, 1, H, W] for pictures x[N, 3, H, W], the same for the same seed and shape. */
  static Tensor like(Tensor x, long seed) {
    return of(x.tape(), x.shape(), seed);
  }

  /** Noise [N, 1, H, W] for pictures of shape [N, C, H, W]. */
  static Tensor of(Tape tape, int[] shape, long seed) {
    int h = shape[2];
    int w = shape[3];
    SplittableRandom random = new SplittableRandom(seed);
    int margin = 2 * REACH;
    NdArray white =
        NdArray.normal(DType.FLOAT32, random, 0, DEVIATION, shape[0], 1, h + margin, w + margin);
    Tensor smooth = blur(blur(tape.constant(white)));
    return smooth.slice(2, REACH, REACH + h).slice(3, REACH, REACH + w);
  }
}
