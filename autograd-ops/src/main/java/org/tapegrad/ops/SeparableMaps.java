package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Taps;

/**
 * Linear maps of images that treat rows and columns alike. The gradient is the adjoint, which is
 * the map with both taps transposed, so one op serves every order.
 */
final class SeparableMaps {
  private SeparableMaps() {}

  /** The map of x[.., H, W] given by its taps; a tape shows the arguments behind its inputs. */
  static Tensor apply(String op, Object arguments, Tensor x, Taps rows, Taps columns) {
    return apply(op, op + "Gradient", arguments, x, rows, columns);
  }

  private static Tensor apply(
      String op, String adjoint, Object arguments, Tensor x, Taps rows, Taps columns) {
    return Tape.record(
        op,
        arguments,
        apply(x.value(), rows, columns),
        wrt(
            x,
            (y, g) -> apply(adjoint, op, arguments, g, rows.transposed(), columns.transposed())));
  }

  /** x's shape [.., H, W] with another height and width; refused if no array is that large. */
  static int[] resultShape(String op, Tensor x, long height, long width) {
    long[] shape = Arrays.stream(x.shape()).asLongStream().toArray();
    shape[shape.length - 2] = height;
    shape[shape.length - 1] = width;
    return Shapes.result(op, shape);
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
}
