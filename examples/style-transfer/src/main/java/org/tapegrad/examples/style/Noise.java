package org.tapegrad.examples.style;

import static org.tapegrad.ops.Upsampling.upsampleBilinear;

import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Smooth noise that the network sees beside the photograph (Ulyanov et al. 2016, arXiv:1603.03417):
 * from it, brush strokes grow where the photograph shows nothing.
 */
final class Noise {
  /** Pixels from one random value to the next. */
  private static final int SPACING = 4;

  private static final double DEVIATION = 0.05;

  private Noise() {}

  /** Noise [N, 1, H, W] for pictures x[N, 3, H, W], the same for the same seed and shape. */
  static Tensor like(Tensor x, long seed) {
    return of(x.tape(), x.shape(), seed);
  }

  /** Noise [N, 1, H, W] for pictures of shape [N, C, H, W]. */
  static Tensor of(Tape tape, int[] shape, long seed) {
    int h = shape[2] / SPACING;
    int w = shape[3] / SPACING;
    SplittableRandom random = new SplittableRandom(seed);
    NdArray coarse = NdArray.normal(DType.FLOAT32, random, 0, DEVIATION, shape[0], 1, h, w);
    return upsampleBilinear(tape.constant(coarse), shape[2], shape[3]);
  }
}
