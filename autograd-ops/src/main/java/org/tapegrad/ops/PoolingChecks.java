package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Windows;

/** What the arguments of a pooling op must be, and the windows that follow from them. */
record PoolingChecks(String op, Tensor x, Pool2dOptions options) {

  PoolingChecks {
    Checks.imageWithPixels(op, x);
    Shapes.given(op, "options", options);
  }

  /** The windows on an image. */
  Windows windows() {
    int height = x.size(-2);
    int width = x.size(-1);
    HeightWidth kernel = options.kernelSize();
    HeightWidth stride = options.stride();
    HeightWidth padding = options.padding();
    HeightWidth dilation = options.dilation();
    Windows windows =
        new Windows(
            height,
            width,
            outSize(
                "H", height, kernel.height(), stride.height(), padding.height(), dilation.height()),
            outSize("W", width, kernel.width(), stride.width(), padding.width(), dilation.width()),
            kernel.height(),
            kernel.width(),
            stride.height(),
            stride.width(),
            padding.height(),
            padding.width(),
            dilation.height(),
            dilation.width());
    SeparableMaps.resultShape(op, x, windows.outHeight(), windows.outWidth());
    return windows;
  }

  private int outSize(String axis, int in, int kernel, int stride, int padding, int dilation) {
    boolean ceilMode = options.ceilMode();
    long free = (long) in + 2L * padding - (long) dilation * (kernel - 1) - 1;
    int last = (int) (ceilMode ? -Math.floorDiv(-free, stride) : Math.floorDiv(free, stride));
    if (ceilMode && (long) last * stride >= (long) in + padding) {
      last--;
    }
    if (free < 0 && !(ceilMode && last >= 0)) {
      throw new ShapeException(
          "%s: a window of %d pixels with dilation %d does not fit into %s = %d with padding %d"
              .formatted(op, kernel, dilation, axis, in, padding));
    }
    for (int i = 0; i <= last; i++) {
      long first = (long) i * stride - padding;
      long end = Math.min(first + (kernel - 1L) * dilation + 1, in);
      if ((first >= 0 ? first : Math.floorMod(first, dilation)) >= end) {
        throw new ShapeException(
            "%s: window %d along %s = %d has no pixel of the image, but padding only"
                .formatted(op, i, axis, in));
      }
    }
    return last + 1;
  }
}
