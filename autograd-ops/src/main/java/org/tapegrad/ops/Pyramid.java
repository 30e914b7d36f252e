package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.kernel.Taps;

/**
 * Levels of a blurred pyramid of x[N, C, H, W] or x[C, H, W] (Burt and Adelson 1983): the binomial
 * filter (1, 4, 6, 4, 1)/16 along both axes, with the image mirrored at its borders.
 */
public final class Pyramid {
  private static final double[] BINOMIAL = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};

  private Pyramid() {}

  /** The blurred image, in its size. */
  public static Tensor blur(Tensor x) {
    return filter("blur", x, 1);
  }

  /** Every second pixel of the blurred image, both ways: [.., ceil(H/2), ceil(W/2)]. */
  public static Tensor downsample(Tensor x) {
    return filter("downsample", x, 2);
  }

  private static Tensor filter(String op, Tensor x, int stride) {
    Checks.imageWithPixels(op, x);
    return SeparableMaps.apply(op, "", x, taps(x.size(-2), stride), taps(x.size(-1), stride));
  }

  private static Taps taps(int n, int stride) {
    return Taps.of(
        n,
        (n - 1) / stride + 1,
        (i, taps) -> {
          for (int k = 0; k < BINOMIAL.length; k++) {
            taps.add(mirrored(i * stride + k - 2, n), BINOMIAL[k]);
          }
        });
  }

  /** Mirrored about the first and the last pixel as often as necessary. */
  private static int mirrored(int i, int n) {
    if (n == 1) {
      return 0;
    }
    int place = Math.floorMod(i, 2 * (n - 1));
    return Math.min(place, 2 * (n - 1) - place);
  }
}
