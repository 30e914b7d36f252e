package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Taps;

/**
 * Linear maps of images that treat rows and columns alike. The gradient is the adjoint, which is
 * the map with both taps transposed, so one op serves every order.
 */
final class SeparableMaps {
  private SeparableMaps() {}

  /** The map of x[.., H, W] given by its taps. */
  static Tensor apply(String op, Tensor x, Taps rows, Taps columns) {
    return Tape.record(
        op,
        apply(x.value(), rows, columns),
        wrt(x, (y, g) -> apply(op, g, rows.transposed(), columns.transposed())));
  }

  private static NdArray apply(NdArray x, Taps rows, Taps columns) {
    int[] shape = x.shape();
    int planes = 1;
    for (int d = 0; d < shape.length - 2; d++) {
      planes *= shape[d];
    }
    shape[shape.length - 2] = rows.outputs();
    shape[shape.length - 1] = columns.outputs();
    NdArray y = x.emptyLike(shape);
    x.kernels().separableMap().apply(planes, x.data(), rows, columns, y.data());
    return y;
  }

  /** Refuses what is not x[N, C, H, W] or x[C, H, W] with at least one pixel. */
  static void checkImage(String op, Tensor x) {
    Checks.given(op, "x", x);
    if (x.rank() != 3 && x.rank() != 4) {
      throw new ShapeException(
          op + ": x must be [N, C, H, W] or [C, H, W], was " + x.value().describe());
    }
    if (x.size(-2) == 0 || x.size(-1) == 0) {
      throw new ShapeException(op + ": x has no pixels, was " + x.value().describe());
    }
  }
}
