package org.tapegrad.kernel;

/** Window by window; the pixels outside of the image are cut off before the loop over a window. */
class PlainWindowMaximumF64 implements WindowMaximum<double[]> {

  @Override
  public void indices(int planes, Windows w, double[] x, int[] index) {
    int height = w.outHeight();
    Parallel.forEach(
        planes * height,
        (long) w.outWidth() * w.kernelHeight() * w.kernelWidth(),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            row(w, row / height * w.inHeight() * w.inWidth(), row % height, x, index, row);
          }
        });
  }

  private static void row(Windows w, int plane, int i, double[] x, int[] index, int row) {
    long start = (long) i * w.strideHeight() - w.paddingHeight();
    int top = inside(start, w.dilationHeight());
    int rows = count(start, top, w.kernelHeight(), w.dilationHeight(), w.inHeight());
    for (int j = 0; j < w.outWidth(); j++) {
      start = (long) j * w.strideWidth() - w.paddingWidth();
      int left = inside(start, w.dilationWidth());
      int columns = count(start, left, w.kernelWidth(), w.dilationWidth(), w.inWidth());
      int best = plane + top * w.inWidth() + left;
      double max = x[best];
      for (int r = 0; r < rows; r++) {
        int at = plane + (top + r * w.dilationHeight()) * w.inWidth() + left;
        for (int c = 0; c < columns; c++) {
          double v = x[at + c * w.dilationWidth()];
          if (v > max || v != v) {
            max = v;
            best = at + c * w.dilationWidth();
          }
        }
      }
      index[row * w.outWidth() + j] = best;
    }
  }

  /** The first pixel of a window that is not before the image. */
  private static int inside(long start, int dilation) {
    return (int) (start >= 0 ? start : Math.floorMod(start, dilation));
  }

  /** The pixels of a window that are in the image, from the first one on. */
  private static int count(long start, int first, int kernel, int dilation, int size) {
    long end = Math.min(start + (kernel - 1L) * dilation + 1, size);
    return (int) ((end - first + dilation - 1) / dilation);
  }
}
