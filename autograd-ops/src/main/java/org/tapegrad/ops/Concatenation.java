package org.tapegrad.ops;

import java.util.Arrays;
import java.util.List;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Strides;

/** Several tensors made into one. */
public final class Concatenation {
  private Concatenation() {}

  /**
   * The tensors one after the other along an axis; -1 is the last. Each one's gradient is its
   * slice.
   *
   * @throws ShapeException if the shapes differ on another axis
   */
  public static Tensor concat(List<Tensor> tensors, int axis) {
    if (Shapes.given("concat", "tensors", tensors).isEmpty()) {
      throw new IllegalArgumentException("concat: needs at least one tensor");
    }
    Tensor first = Shapes.given("concat", "tensors[0]", tensors.get(0));
    int d = Shapes.axis("concat", axis, first.rank());
    int[] shape = resultShape(tensors, d);
    NdArray result = first.value().emptyLike(shape);
    int[] strides = Strides.rowMajor(shape);
    Pullback[] pullbacks = new Pullback[tensors.size()];
    int at = 0;
    for (int i = 0; i < pullbacks.length; i++) {
      Tensor t = tensors.get(i);
      int start = at;
      int end = at + t.size(d);
      NdArray part = t.value();
      part.kernels()
          .layout()
          .copy(
              part.shape(),
              part.data(),
              0,
              Strides.rowMajor(part.shape()),
              result.data(),
              start * strides[d],
              strides);
      pullbacks[i] = Pullback.wrt(t, (y, g) -> g.slice(d, start, end));
      at = end;
    }
    return Tape.record("concat", "axis " + axis, result, pullbacks);
  }

  private static int[] resultShape(List<Tensor> tensors, int axis) {
    Tensor first = tensors.get(0);
    int[] shape = first.shape();
    long joined = 0;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor t = Shapes.given("concat", "tensors[" + i + "]", tensors.get(i));
      int[] others = t.shape();
      if (t.dtype() != first.dtype()) {
        throw new IllegalArgumentException(
            "concat: element types " + first.dtype() + " and " + t.dtype() + " do not mix");
      }
      if (t.rank() == shape.length) {
        joined += t.size(axis);
        others[axis] = shape[axis];
      }
      if (!Arrays.equals(others, shape)) {
        throw new ShapeException(
            "concat: shapes must agree but on axis %d, were %s and %s"
                .formatted(axis, Arrays.toString(first.shape()), Arrays.toString(t.shape())));
      }
    }
    long[] result = Arrays.stream(shape).asLongStream().toArray();
    result[axis] = joined;
    return Shapes.result("concat", result);
  }
}
