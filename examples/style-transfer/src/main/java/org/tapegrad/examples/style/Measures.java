package org.tapegrad.examples.style;

import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.Pooling.avgPool2d;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Pool2dOptions;

/** What can be told of a picture [1, 3, H, W] in [0, 1] without a trained network. */
final class Measures {
  /** Periods of the patterns that strided convolutions and upsampling leave. */
  static final int[] PERIODS = {2, 4, 8};

  /** Width of the frame that is compared with what lies inside it, in pixels. */
  private static final int FRAME = 4;

  private static final int WINDOW = 7;
  private static final double C1 = 0.01 * 0.01;
  private static final double C2 = 0.03 * 0.03;

  private static final NdArray LUMA = NdArray.of(new float[] {0.299f, 0.587f, 0.114f}, 1, 3, 1, 1);

  private Measures() {}

  /** The fraction of colour values at an end of their range, within one level of 0 or 255. */
  static double clipped(NdArray picture) {
    return picture.map(v -> v < 1.5 / 255 || v > 253.5 / 255 ? 1 : 0).mean().item();
  }

  /**
   * How far the border stands out, in levels of 255: the largest difference, over the four sides,
   * between the luma's mean on the outermost 4 rows or columns and on the next 4.
   */
  static double border(NdArray picture) {
    NdArray luma = luma(Tape.inference().constant(picture)).value();
    double largest = 0;
    for (int axis = 2; axis <= 3; axis++) {
      int n = luma.size(axis);
      double first = step(luma, axis, 0, FRAME);
      double last = step(luma, axis, n - FRAME, n - 2 * FRAME);
      largest = Math.max(largest, Math.max(first, last));
    }
    return largest;
  }

  private static double step(NdArray luma, int axis, int outer, int inner) {
    double edge = luma.slice(axis, outer, outer + FRAME).mean().item();
    return 255 * Math.abs(edge - luma.slice(axis, inner, inner + FRAME).mean().item());
  }

  /**
   * A pattern of the given period, in levels of 255: how far the means of rows whose numbers leave
   * the same remainder lie apart, or those of columns, in the worst channel.
   */
  static double grid(NdArray picture, int period) {
    double largest = 0;
    for (int axis = 2; axis <= 3; axis++) {
      NdArray profile = picture.mean(axis == 2 ? 3 : 2); // [1, 3, n]
      int cells = profile.size(2) / period;
      NdArray phases = profile.slice(2, 0, cells * period).reshape(3, cells, period).mean(1);
      NdArray spread = phases.max(1).plus(phases.negate().max(1));
      largest = Math.max(largest, spread.max().item());
    }
    return 255 * largest;
  }

  /** The worst of {@link #grid(NdArray, int)} over all periods. */
  static double grid(NdArray picture) {
    double worst = 0;
    for (int period : PERIODS) {
      worst = Math.max(worst, grid(picture, period));
    }
    return worst;
  }

  /** Structural similarity of the lumas (Wang et al. 2004), windows of 7x7, 1 where equal. */
  static double ssim(NdArray a, NdArray b) {
    Tape tape = Tape.inference();
    Tensor x = luma(tape.constant(a));
    Tensor y = luma(tape.constant(b));
    Tensor meanX = windows(x);
    Tensor meanY = windows(y);
    double unbiased = WINDOW * WINDOW / (WINDOW * WINDOW - 1.0);
    Tensor varianceX = windows(x.square()).minus(meanX.square()).times(unbiased);
    Tensor varianceY = windows(y.square()).minus(meanY.square()).times(unbiased);
    Tensor covariance = windows(x.times(y)).minus(meanX.times(meanY)).times(unbiased);
    Tensor above = meanX.times(meanY).times(2).plus(C1).times(covariance.times(2).plus(C2));
    Tensor below =
        meanX.square().plus(meanY.square()).plus(C1).times(varianceX.plus(varianceY).plus(C2));
    return above.dividedBy(below).mean().item();
  }

  private static Tensor windows(Tensor x) {
    return avgPool2d(x, Pool2dOptions.kernelSize(WINDOW).withStride(1));
  }

  /** The luma [N, 1, H, W] of pictures (ITU-R BT.601). */
  static Tensor luma(Tensor x) {
    return conv2d(x, x.tape().constant(LUMA), null);
  }
}
