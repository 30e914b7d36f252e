package org.tapegrad.kernel;

/**
 * The sizes of a two-dimensional cross-correlation: x[N, C, H, W], weight[K, C/groups, kH, kW],
 * y[N, K, oH, oW].
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

  /** oH = floor((H + 2·padding - dilation·(kH - 1) - 1) / stride) + 1. */
  public int outHeight() {
    return outSize(inHeight, kernelHeight, strideHeight, paddingHeight, dilationHeight);
  }

  /** oW, by the same formula as {@link #outHeight()}. */
  public int outWidth() {
    return outSize(inWidth, kernelWidth, strideWidth, paddingWidth, dilationWidth);
  }

  private static int outSize(int in, int kernel, int stride, int padding, int dilation) {
    return Math.floorDiv(in + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
  }
}
