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
    int top = i * w.strideHeight() - w.paddingHeight();
    int bottom = end(top, w.kernelHeight(), w.dilationHeight(), w.inHeight());
    top = inside(top, w.dilationHeight());
    for (int j = 0; j < w.outWidth(); j++) {
      int left = j * w.strideWidth() - w.paddingWidth();
      int right = end(left, w.kernelWidth(), w.dilationWidth(), w.inWidth());
      left = inside(left, w.dilationWidth());
      int best = plane + top * w.inWidth() + left;
      double max = x[best];
      for (int r = top; r < bottom; r += w.dilationHeight()) {
        int at = plane + r * w.inWidth();
        for (int c = left; c < right; c += w.dilationWidth()) {
          double v = x[at + c];
          if (v > max || v != v) {
            max = v;
            best = at + c;
          }
        }
      }
      index[row * w.outWidth() + j] = best;
    }
  }

  /** Behind the last pixel of a window that begins at {@code start}. */
  private static int end(int start, int kernel, int dilation, int size) {
    return Math.min(start + (kernel - 1) * dilation + 1, size);
  }

  /** The first pixel of a window that is not before the image. */
  private static int inside(int start, int dilation) {
    return start >= 0 ? start : Math.floorMod(start, dilation);
  }
}
