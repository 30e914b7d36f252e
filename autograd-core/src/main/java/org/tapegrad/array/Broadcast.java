package org.tapegrad.array;

import java.util.Arrays;
import java.util.Locale;
import org.tapegrad.kernel.Binary;
import org.tapegrad.kernel.Kernels;
import org.tapegrad.kernel.Parallel;
import org.tapegrad.kernel.Strides;

/** Elementwise functions of two arrays by NumPy's broadcasting rule, on collapsed axes. */
final class Broadcast {
  /** Elements up to which one thread computes: fewer are not worth handing out. */
  private static final int SERIAL_UP_TO = 1 << 15;

  private Broadcast() {}

  static NdArray apply(Binary op, NdArray a, NdArray b) {
    if (b == null) {
      Shapes.given(name(op), b);
    }
    if (a.dtype() != b.dtype()) {
      throw new IllegalArgumentException(
          name(op)
              + ": element types "
              + a.dtype()
              + " and "
              + b.dtype()
              + " do not mix; use to()");
    }
    int[] shape;
    if (b.size() == 1 && b.rank() <= a.rank()) {
      shape = a.shape;
    } else if (a.size() == 1 && a.rank() <= b.rank()) {
      shape = b.shape;
    } else if (Arrays.equals(a.shape, b.shape)) {
      shape = a.shape;
    } else {
      return stretched(op, a, b, Shapes.broadcast(name(op), a.shape, b.shape));
    }
    return flat(op, a, b, shape);
  }

  /** Operands of one shape, or one of them a single element: one loop. */
  private static NdArray flat(Binary op, NdArray a, NdArray b, int[] shape) {
    int aStep = a.size() == 1 ? 0 : 1;
    int bStep = b.size() == 1 ? 0 : 1;
    NdArray out = new NdArray(a.dtype(), shape, a.storage.allocatorWith(b.storage), false);
    int n = out.size();
    Object x = a.data();
    Object y = b.data();
    Object z = out.data();
    var loops = a.dtype().kernels().elementwise();
    if (n <= SERIAL_UP_TO) {
      loops.binary(op, x, 0, aStep, y, 0, bStep, z, 0, n);
    } else {
      Parallel.forEach(
          n,
          1,
          (from, to) ->
              loops.binary(op, x, from * aStep, aStep, y, from * bStep, bStep, z, from, to - from));
    }
    return out;
  }

  private static NdArray stretched(Binary op, NdArray a, NdArray b, int[] shape) {
    NdArray out = new NdArray(a.dtype(), shape, a.storage.allocatorWith(b.storage), false);
    Strides merged =
        Strides.merge(
            shape,
            Shapes.broadcastStrides(a.shape, shape),
            Shapes.broadcastStrides(b.shape, shape));
    if (merged.isEmpty()) {
      return out;
    }
    Kernels<Object> kernels = a.dtype().kernels();
    int inner = merged.inner();
    int aStep = merged.rank() == 0 ? 0 : merged.a(merged.rank() - 1);
    int bStep = merged.rank() == 0 ? 0 : merged.b(merged.rank() - 1);
    Object x = a.data();
    Object y = b.data();
    Object z = out.data();
    Parallel.forEach(
        merged.outer(1),
        inner,
        (from, to) -> {
          Strides.Odometer at = merged.odometer(1, from);
          for (int row = from; row < to; row++, at.advance()) {
            kernels
                .elementwise()
                .binary(op, x, at.a(), aStep, y, at.b(), bStep, z, row * inner, inner);
          }
        });
    return out;
  }

  /** The method name that belongs to an operation: DIVIDED_BY is dividedBy. */
  private static String name(Binary op) {
    return switch (op) {
      case DIVIDED_BY -> "dividedBy";
      case SIGMOID_GRADIENT -> "sigmoidGradient";
      case TANH_GRADIENT -> "tanhGradient";
      default -> op.name().toLowerCase(Locale.ROOT);
    };
  }
}
