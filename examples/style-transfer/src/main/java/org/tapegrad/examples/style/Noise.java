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
  /** Pixels as far as two blurs reach: white noise is larger by as much on every side. */
  static final int REACH = 4;

  /** Of the white noise; two blurs leave a fifth of it. */
  private static final double DEVIATION = 0.17;

  private Noise() {}

  /** Noise [N, 1, H, W] for pictures x[N, 3, H, W], the same for the same seed and shape. */
  static Tensor like(Tensor x, long seed) {
    return of(x.tape(), x.shape(), seed);
  }

  /** Noise [N, 1, H, W] for pictures of shape [N, C, H, W]. */
  static Tensor of(Tape tape, int[] shape, long seed) {
    int margin = 2 * REACH;
    SplittableRandom random = new SplittableRandom(seed);
    return smooth(tape.constant(white(random, shape[0], shape[2] + margin, shape[3] + margin)));
  }

  /** White noise [n, 1, h, w]; that of one picture can be drawn some rows at a time. */
  static NdArray white(SplittableRandom random, int n, int h, int w) {
    return NdArray.normal(DType.FLOAT32, random, 0, DEVIATION, n, 1, h, w);
  }

  /** White noise [N, 1, H + 8, W + 8] blurred twice, without its margin. */
  static Tensor smooth(Tensor white) {
    Tensor smooth = blur(blur(white));
    return smooth.slice(2, REACH, white.size(2) - REACH).slice(3, REACH, white.size(3) - REACH);
  }
}
