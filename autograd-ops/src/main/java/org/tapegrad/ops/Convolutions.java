package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Binary;
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
    Checks.given("conv2d", "x", x);
    if (x.rank() == 3) {
      Tensor y = conv2d(batched(x), weight, bias, options);
      return y.reshape(Arrays.copyOfRange(y.shape(), 1, 4));
    }
    ConvolutionChecks check = new ConvolutionChecks("conv2d", x, weight, bias, options);
    return forward(check.forward(), x, weight, bias);
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
    Checks.given("convTranspose2d", "x", x);
    if (x.rank() == 3) {
      Tensor y = convTranspose2d(batched(x), weight, bias, options);
      return y.reshape(Arrays.copyOfRange(y.shape(), 1, 4));
    }
    ConvolutionChecks check = new ConvolutionChecks("convTranspose2d", x, weight, bias, options);
    ConvolutionShape s = check.transposed();
    // An output padding of a stride or more leaves room for more pixels of x: zeros.
    Tensor g = x;
    if (s.outHeight() > x.size(2)) {
      g = g.pad(2, 0, s.outHeight() - x.size(2));
    }
    if (s.outWidth() > x.size(3)) {
      g = g.pad(3, 0, s.outWidth() - x.size(3));
    }
    return inputGradient("convTranspose2d", s, g, weight, bias);
  }

  private static Tensor batched(Tensor x) {
    return x.reshape(1, x.size(0), x.size(1), x.size(2));
  }

  private static Tensor forward(ConvolutionShape s, Tensor x, Tensor weight, Tensor bias) {
    NdArray y = x.value().emptyLike(s.batch(), s.outChannels(), s.outHeight(), s.outWidth());
    y.kernels().convolution().forward(s, x.value().data(), weight.value().data(), y.data());
    addBias(y, bias);
    return Tape.record(
        "conv2d",
        y,
        wrt(x, (z, g) -> inputGradient("conv2dInputGradient", s, g, weight, null)),
        wrt(weight, (z, g) -> weightGradient(s, x, g)),
        wrt(bias, (z, g) -> g.sum(0, 2, 3)));
  }

  private static Tensor inputGradient(
      String op, ConvolutionShape s, Tensor g, Tensor weight, Tensor bias) {
    NdArray dx = g.value().emptyLike(s.batch(), s.inChannels(), s.inHeight(), s.inWidth());
    dx.kernels().convolution().inputGradient(s, g.value().data(), weight.value().data(), dx.data());
    addBias(dx, bias);
    return Tape.record(
        op,
        dx,
        wrt(g, (z, h) -> forward(s, h, weight, null)),
        wrt(weight, (z, h) -> weightGradient(s, h, g)),
        wrt(bias, (z, h) -> h.sum(0, 2, 3)));
  }

  private static Tensor weightGradient(ConvolutionShape s, Tensor x, Tensor g) {
    NdArray dweight =
        x.value()
            .emptyLike(
                s.outChannels(), s.inChannels() / s.groups(), s.kernelHeight(), s.kernelWidth());
    dweight
        .kernels()
        .convolution()
        .weightGradient(s, x.value().data(), g.value().data(), dweight.data());
    return Tape.record(
        "conv2dWeightGradient",
        dweight,
        wrt(x, (z, h) -> inputGradient("conv2dInputGradient", s, g, h, null)),
        wrt(g, (z, h) -> forward(s, x, h, null)));
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
