package org.tapegrad.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The sizes of a two-dimensional cross-correlation: x[N, C, H, W], weight[K, C/groups, kH, kW],
 * y[N, K, oH, oW]. Output o meets tap k at input o·stride - padding + k·dilation.
 */
public record ConvolutionShape(
    int batch,
    int inChannels,
    int inHeight,
    int inWidth,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** Products of channels and filters up to which all offsets of Winograd's method are ints. */
  private static final int LARGEST = 1 << 22;

  /** The smallest size, and numbers of channels and pixels, for which it pays on two threads. */
  private static final int SIDE = 16;

  private static final int CHANNELS = 32;
  private static final int PIXELS = 1 << 10;

  /** oH = floor((H + 2·padding - dilation·(kH - 1) - 1) / stride) + 1. */
  public int outHeight() {
    return (int) outSize(inHeight, kernelHeight, strideHeight, paddingHeight, dilationHeight);
  }

  /** oW, by the same formula as {@link #outHeight()}. */
  public int outWidth() {
    return (int) outSize(inWidth, kernelWidth, strideWidth, paddingWidth, dilationWidth);
  }

  /** Whether Winograd's method F(4x4, 3x3) can compute this and its gradients. */
  public boolean suitsWinograd() {
    return kernelHeight == 3
        && kernelWidth == 3
        && Math.max(strideHeight, strideWidth) == 1
        && Math.max(dilationHeight, dilationWidth) == 1
        && groups == 1
        && Math.max(paddingHeight, paddingWidth) <= 2
        && Math.min(batch, Math.min(inChannels, outChannels)) > 0
        && Math.min(outHeight(), outWidth()) > 0
        && (inChannels + 256L) * (outChannels + 256L) <= LARGEST;
  }

  /** Whether it is the faster way, too, by size alone. */
  public boolean winogradPays() {
    return suitsWinograd()
        && Math.min(inChannels, outChannels) >= CHANNELS
        && Math.min(outHeight(), outWidth()) >= SIDE
        && (long) batch * outHeight() * outWidth() >= PIXELS;
  }

  /** The output size along one axis; below 1 where the kernel does not fit. */
  public static long outSize(int in, int kernel, int stride, int padding, int dilation) {
    return Math.floorDiv(in + 2L * padding - dilation * (kernel - 1L) - 1, (long) stride) + 1;
  }

  /** The smallest input along one axis that has this output size; may be below 1. */
  public static long inSize(int out, int kernel, int stride, int padding, int dilation) {
    return (out - 1L) * stride - 2L * padding + dilation * (kernel - 1L) + 1;
  }

  /**
   * Where a tap of one axis meets the image and not its padding: outputs out, out + 1, ... at
   * inputs in, in + stride, ..., count of them.
   */
  record Run(int tap, int out, int in, int count) {}

  /** The runs of all kernel rows that meet the image. */
  List<Run> rowRuns() {
    return runs(kernelHeight, dilationHeight, outHeight(), strideHeight, paddingHeight, inHeight);
  }

  /** The runs of all kernel columns that meet the image. */
  List<Run> columnRuns() {
    return runs(kernelWidth, dilationWidth, outWidth(), strideWidth, paddingWidth, inWidth);
  }

  /**
   * The same the other way round: for each output column ("tap") that meets the image the kernel
   * columns ("out") that do.
   */
  List<Run> columnWindows() {
    return runs(outWidth(), strideWidth, kernelWidth, dilationWidth, paddingWidth, inWidth);
  }

  private static List<Run> runs(int taps, int dilation, int out, int stride, int padding, int in) {
    List<Run> runs = new ArrayList<>();
    for (int k = 0; k < taps; k++) {
      long first = (long) k * dilation - padding;
      long from = Math.max(0, -Math.floorDiv(first, (long) stride));
      long to = Math.min(out, Math.floorDiv(in - 1 - first, (long) stride) + 1);
      if (from < to) {
        runs.add(new Run(k, (int) from, (int) (first + from * stride), (int) (to - from)));
      }
    }
    return runs;
  }

  /** The runs by the phase of the input that they meet, its place modulo the stride. */
  static Map<Integer, List<Run>> byPhase(List<Run> runs, int stride) {
    return runs.stream().collect(Collectors.groupingBy(run -> run.in() % stride));
  }

  /** The products along one axis of which no factor is padding. */
  static double products(List<Run> runs) {
    return runs.stream().mapToDouble(Run::count).sum();
  }
}
