package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Taps;
import org.tapegrad.kernel.Windows;

/** One value per window of every plane of x[N, C, H, W] or x[C, H, W], with PyTorch's semantics. */
public final class Pooling {
  private Pooling() {}

  /** {@link #avgPool2d(Tensor, Pool2dOptions)} of square windows side by side. */
  public static Tensor avgPool2d(Tensor x, int kernelSize) {
    return avgPool2d(x, Pool2dOptions.kernelSize(kernelSize));
  }

  /** {@link #avgPool2d(Tensor, Pool2dOptions)} of square windows. */
  public static Tensor avgPool2d(Tensor x, int kernelSize, int stride, int padding) {
    return avgPool2d(
        x, Pool2dOptions.kernelSize(kernelSize).withStride(stride).withPadding(padding));
  }

  /**
   * The mean of every window.
   *
   * @throws IllegalArgumentException if the options have a dilation
   */
  public static Tensor avgPool2d(Tensor x, Pool2dOptions options) {
    PoolingChecks checks = new PoolingChecks("avgPool2d", x, options);
    if (!options.dilation().equals(HeightWidth.square(1))) {
      throw new IllegalArgumentException("avgPool2d: dilation is for maxPool2d only");
    }
    Windows w = checks.windows();
    boolean count = options.countIncludePad();
    double divisor = options.divisorOverride();
    return SeparableMaps.apply(
        "avgPool2d",
        options,
        x,
        means(
            w.inHeight(),
            w.outHeight(),
            w.kernelHeight(),
            w.strideHeight(),
            w.paddingHeight(),
            count,
            divisor),
        means(
            w.inWidth(),
            w.outWidth(),
            w.kernelWidth(),
            w.strideWidth(),
            w.paddingWidth(),
            count,
            Math.min(divisor, 1))); // the rows have been divided already
  }

  /** The mean of every window, or its sum divided by a divisor that is not 0. */
  private static Taps means(
      int n,
      int windows,
      int kernel,
      int stride,
      int padding,
      boolean countIncludePad,
      double divisor) {
    return Taps.of(
        n,
        windows,
        (i, taps) -> {
          long start = (long) i * stride - padding;
          long end = Math.min(start + kernel, (long) n + padding);
          int first = (int) Math.max(start, 0);
          int last = (int) Math.min(end, n);
          double pixels = countIncludePad ? end - start : last - first;
          double weight = 1 / (divisor == 0 ? pixels : divisor);
          for (int k = first; k < last; k++) {
            taps.add(k, weight);
          }
        });
  }

  /**
   * The mean of every cell of a grid of [height, width] cells over the plane, each of which starts
   * at floor(i·H/height) and ends before ceil((i + 1)·H/height): PyTorch's {@code interpolate} with
   * the mode "area".
   */
  public static Tensor adaptiveAvgPool2d(Tensor x, int height, int width) {
    HeightWidth size = Upsampling.size("adaptiveAvgPool2d", x, height, width);
    return SeparableMaps.apply(
        "adaptiveAvgPool2d", size.pair(), x, cells(x.size(-2), height), cells(x.size(-1), width));
  }

  private static Taps cells(int n, int cells) {
    return Taps.of(
        n,
        cells,
        (i, taps) -> {
          int first = (int) ((long) i * n / cells);
          int last = (int) -Math.floorDiv(-(i + 1L) * n, cells);
          for (int k = first; k < last; k++) {
            taps.add(k, 1.0 / (last - first));
          }
        });
  }

  /** The mean of every plane, [.., 1, 1]. */
  public static Tensor globalAvgPool2d(Tensor x) {
    Checks.imageWithPixels("globalAvgPool2d", x);
    return x.meanKeepDims(-2, -1);
  }

  /** {@link #maxPool2d(Tensor, Pool2dOptions)} of square windows side by side. */
  public static Tensor maxPool2d(Tensor x, int kernelSize) {
    return maxPool2d(x, Pool2dOptions.kernelSize(kernelSize));
  }

  /** {@link #maxPool2d(Tensor, Pool2dOptions)} of square windows. */
  public static Tensor maxPool2d(Tensor x, int kernelSize, int stride, int padding) {
    return maxPool2d(
        x, Pool2dOptions.kernelSize(kernelSize).withStride(stride).withPadding(padding));
  }

  /**
   * The largest pixel of every window, NaN if there is one; padding does not count. The first one
   * of equal pixels, row by row, receives the gradient.
   */
  public static Tensor maxPool2d(Tensor x, Pool2dOptions options) {
    Windows w = new PoolingChecks("maxPool2d", x, options).windows();
    if (options.divisorOverride() != 0) {
      throw new IllegalArgumentException("maxPool2d: divisorOverride is for avgPool2d only");
    }
    int[] shape = SeparableMaps.resultShape("maxPool2d", x, w.outHeight(), w.outWidth());
    int planes = x.value().size() / (w.inHeight() * w.inWidth());
    int[] index = new int[planes * w.outHeight() * w.outWidth()];
    x.value().kernels().windowMaximum().indices(planes, w, x.value().data(), index);
    return gather(options, x, index, shape);
  }

  /** y[i] = x[index[i]]; its adjoint is {@link #scatter}. */
  private static Tensor gather(Pool2dOptions options, Tensor x, int[] index, int[] shape) {
    NdArray y = x.value().emptyLike(shape);
    x.value().kernels().layout().gather(x.value().data(), index, y.data(), index.length);
    return Tape.record(
        "maxPool2d", options, y, wrt(x, (z, g) -> scatter(options, g, index, x.shape())));
  }

  /** y[index[i]] = the sum of these x[i]; its adjoint is {@link #gather}. */
  private static Tensor scatter(Pool2dOptions options, Tensor x, int[] index, int[] shape) {
    NdArray y = x.value().zerosLike(shape);
    x.value().kernels().layout().scatterAdd(x.value().data(), index, y.data(), index.length);
    return Tape.record(
        "maxPool2dGradient", options, y, wrt(x, (z, g) -> gather(options, g, index, x.shape())));
  }
}
