package org.tapegrad.kernel;

/**
 * Windows that slide over an image [H, W]: window (i, j) has the pixels (i·stride - padding +
 * r·dilation, ...) for r in [0, kernel); those outside of the image do not count.
 */
public record Windows(
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth) {}
