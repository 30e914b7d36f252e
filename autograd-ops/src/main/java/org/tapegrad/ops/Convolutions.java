package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Binary;
import org.tapegrad.kernel.Convolution;
import org.tapegrad.kernel.ConvolutionShape;
import org.tapegrad.kernel.Elementwise;
import org.tapegrad.kernel.Parallel;

/**
 * Convolution (cross-correlation, as everywhere in deep learning) and its transpose.
 *
 * <p>y = conv(x, w) is linear in x and in w. Its adjoint in x is the input gradient dx(g, w), its
 * adjoint in w the weight gradient dw(x, g), and each of the three is linear in its two arguments
 * with the other two as adjoints:
 *
 * <pre>
 * &lt;conv(x, w), g&gt; = &lt;x, dx(g, w)&gt; = &lt;w, dw(x, g)&gt;
 * </pre>
 *
 * So the gradients of all three are among the three, to any order. A transposed convolution is the
 * input gradient taken as an op of its own.
 */
public final class Convolutions {
  private Convolutions() {}

  /** {@link #conv2d(Tensor, Tensor, Tensor, Conv2dOptions)} with stride 1 and no padding. */
  public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias) {
    return conv2d(x, weight, bias, Conv2dOptions.DEFAULT);
  }

  /** {@link #conv2d(Tensor, Tensor, Tensor, Conv2dOptions)} with stride and padding only. */
  public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
    return conv2d(x, weight, bias, Conv2dOptions.DEFAULT.withStride(stride).withPadding(padding));
  }

  /**
   * The images [N, K, oH, oW] of x[N, C, H, W], zero padded, under weight[K, C/groups, kH, kW]; x
   * and the result may lack the axis N. oH = floor((H + 2·padding - dilation·(kH - 1) - 1)/stride)
   * + 1.
   *
   * @param bias [K], added to every pixel, null for none
   * @throws ShapeException if shapes do not fit, or the kernel is larger than the padded image
   */
  public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Conv2dOptions options) {
    return batched(
        "conv2d",
        x,
        images -> {
          var checks = new ConvolutionChecks("conv2d", images, weight, bias, options);
          return new Family(checks.forward(), options).forward(images, weight, bias);
        });
  }

  /**
   * {@link #conv2d(Tensor, Tensor, Tensor, Conv2dOptions)} padded such that the result has the size
   * of x, PyTorch's padding "same": dilation·(kH - 1) rows of zeros, half of them above, and the
   * odd one below.
   *
   * @throws ShapeException if the options have a stride or a padding
   */
  public static Tensor conv2dSame(Tensor x, Tensor weight, Tensor bias, Conv2dOptions options) {
    Checks.image("conv2dSame", x);
    HeightWidth total = new ConvolutionChecks("conv2dSame", x, weight, bias, options).same();
    Tensor larger = Padding.zeroPad2d(x, 0, total.width() % 2, 0, total.height() % 2);
    return conv2d(larger, weight, bias, options.withPadding(total.height() / 2, total.width() / 2));
  }

  /**
   * {@link #convTranspose2d(Tensor, Tensor, Tensor, Conv2dOptions)} with stride 1 and no padding.
   */
  public static Tensor convTranspose2d(Tensor x, Tensor weight, Tensor bias) {
    return convTranspose2d(x, weight, bias, Conv2dOptions.DEFAULT);
  }

  /**
   * {@link #convTranspose2d(Tensor, Tensor, Tensor, Conv2dOptions)} with stride and paddings only.
   */
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, Tensor bias, int stride, int padding, int outputPadding) {
    return convTranspose2d(
        x,
        weight,
        bias,
        Conv2dOptions.DEFAULT
            .withStride(stride)
            .withPadding(padding)
            .withOutputPadding(outputPadding));
  }

  /**
   * The images [N, K, oH, oW] that {@link #conv2d}'s gradient makes of x[N, C, H, W] as gradient of
   * its result, with weight[C, K/groups, kH, kW]; x and the result may lack the axis N. oH = (H -
   * 1)·stride - 2·padding + dilation·(kH - 1) + output_padding + 1.
   *
   * @param bias [K], added to every pixel, null for none
   * @throws ShapeException if shapes do not fit
   */
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, Tensor bias, Conv2dOptions options) {
    return batched("convTranspose2d", x, images -> transposed(images, weight, bias, options));
  }

  private static Tensor transposed(Tensor x, Tensor weight, Tensor bias, Conv2dOptions options) {
    ConvolutionShape s =
        new ConvolutionChecks("convTranspose2d", x, weight, bias, options).transposed();
    // An output padding of a stride or more leaves room for more pixels of x: zeros.
    Tensor g = x;
    if (s.outHeight() > x.size(2)) {
      g = g.pad(2, 0, s.outHeight() - x.size(2));
    }
    if (s.outWidth() > x.size(3)) {
      g = g.pad(3, 0, s.outWidth() - x.size(3));
    }
    return new Family(s, options.withOutputPadding(0))
        .inputGradient("convTranspose2d", options, g, weight, bias);
  }

  /** The result of images[N, C, H, W] or, without the axis N, of one image. */
  private static Tensor batched(String op, Tensor x, UnaryOperator<Tensor> ofImages) {
    Checks.image(op, x);
    if (x.rank() == 4) {
      return ofImages.apply(x);
    }
    Tensor y = ofImages.apply(x.reshape(1, x.size(0), x.size(1), x.size(2)));
    return y.reshape(y.size(1), y.size(2), y.size(3));
  }

  /** The three linear maps of one geometry, each other's adjoints. */
  private record Family(ConvolutionShape s, Conv2dOptions options) {

    private Convolution<Object> kernel(NdArray result) {
      return options.algorithm().kernel(result.kernels(), s);
    }

    Tensor forward(Tensor x, Tensor weight, Tensor bias) {
      NdArray y = x.value().emptyLike(s.batch(), s.outChannels(), s.outHeight(), s.outWidth());
      kernel(y).forward(s, x.value().data(), weight.value().data(), y.data());
      addBias(y, bias);
      return Tape.record(
          "conv2d",
          options,
          y,
          wrt(x, (z, g) -> inputGradient(g, weight)),
          wrt(weight, (z, g) -> weightGradient(x, g)),
          wrt(bias, (z, g) -> g.sum(0, 2, 3)));
    }

    private Tensor inputGradient(Tensor g, Tensor weight) {
      return inputGradient("conv2dInputGradient", options, g, weight, null);
    }

    Tensor inputGradient(String op, Conv2dOptions arguments, Tensor g, Tensor weight, Tensor bias) {
      NdArray dx = g.value().emptyLike(s.batch(), s.inChannels(), s.inHeight(), s.inWidth());
      kernel(dx).inputGradient(s, g.value().data(), weight.value().data(), dx.data());
      addBias(dx, bias);
      return Tape.record(
          op,
          arguments,
          dx,
          wrt(g, (z, h) -> forward(h, weight, null)),
          wrt(weight, (z, h) -> weightGradient(h, g)),
          wrt(bias, (z, h) -> h.sum(0, 2, 3)));
    }

    private Tensor weightGradient(Tensor x, Tensor g) {
      int perGroup = s.inChannels() / s.groups();
      NdArray dweight =
          x.value().emptyLike(s.outChannels(), perGroup, s.kernelHeight(), s.kernelWidth());
      kernel(dweight).weightGradient(s, x.value().data(), g.value().data(), dweight.data());
      return Tape.record(
          "conv2dWeightGradient",
          options,
          dweight,
          wrt(x, (z, h) -> inputGradient(g, h)),
          wrt(g, (z, h) -> forward(x, h, null)));
    }
  }

  /** y[n, k, ..] += bias[k], in place. */
  private static void addBias(NdArray y, Tensor bias) {
    if (bias == null) {
      return;
    }
    int channels = y.size(1);
    int pixels = y.size(2) * y.size(3);
    Object b = bias.value().data();
    Object data = y.data();
    Elementwise<Object> loops = y.kernels().elementwise();
    Parallel.forEach(
        y.size(0) * channels,
        pixels,
        (from, to) -> {
          for (int p = from; p < to; p++) {
            int at = p * pixels;
            loops.binary(Binary.PLUS, data, at, 1, b, p % channels, 0, data, at, pixels);
          }
        });
  }
}
