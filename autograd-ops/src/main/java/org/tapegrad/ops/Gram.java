package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/** How the channels of an image occur together, wherever: the style of Gatys et al. 2016. */
public final class Gram {
  private Gram() {}

  /**
   * The Gram matrix [N, C, C] of the channels of every image of x[N, C, H, W], [C, C] of x[C, H,
   * W].
   *
   * <p>With the channels as the rows of F[C, H·W], y = F·Fᵀ / (C·H·W). Its gradient is dL/dF = (g +
   * gᵀ)·F / (C·H·W): one product, as g is made symmetric first.
   */
  public static Tensor gramMatrix(Tensor x) {
    SeparableMaps.checkImage("gramMatrix", x);
    int channels = x.size(-3);
    if (channels == 0) {
      throw new ShapeException("gramMatrix: x has no channels, was " + x.value().describe());
    }
    int images = x.rank() == 3 ? 1 : x.size(0);
    int pixels = x.size(-2) * x.size(-1);
    double scale = 1 / ((double) channels * pixels);
    int[] shape =
        x.rank() == 3 ? new int[] {channels, channels} : new int[] {images, channels, channels};
    NdArray products = x.value().emptyLike(shape);
    for (int n = 0; n < images; n++) {
      rowProducts(x.value(), n * channels * pixels, channels, pixels, products, n);
    }
    return Tape.record(
        "gramMatrix",
        products.times(scale),
        wrt(
            x,
            (y, g) -> {
              Tensor h = g.reshape(images, channels, channels);
              return h.plus(h.transpose(0, 2, 1))
                  .times(scale)
                  .matmul(x.reshape(images, channels, pixels))
                  .reshape(x.shape());
            }));
  }

  /** products[n] = F·Fᵀ for the F[channels, pixels] at the offset. */
  private static void rowProducts(
      NdArray x, int offset, int channels, int pixels, NdArray products, int n) {
    x.kernels()
        .product()
        .multiply(
            channels,
            channels,
            pixels,
            x.data(),
            offset,
            false,
            x.data(),
            offset,
            true,
            products.data(),
            n * channels * channels);
  }
}
