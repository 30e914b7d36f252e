package org.tapegrad.array;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tapegrad.kernel.Strides;

/** Copies of an array with its elements in other places. */
final class Rearrange {
  private Rearrange() {}

  static NdArray transpose(NdArray a, int[] order) {
    int rank = a.rank();
    int[] p =
        Shapes.given("transpose", "an order of axes", order).length > 0
            ? order
            : IntStream.range(0, rank).map(d -> rank - 1 - d).toArray();
    int[] counted = Shapes.inverse(Shapes.inverse(p, rank), rank); // from the front
    int[] strides = Strides.rowMajor(a.shape);
    int[] shape = IntStream.of(counted).map(d -> a.shape[d]).toArray();
    return strided(a, shape, 0, IntStream.of(counted).map(d -> strides[d]).toArray());
  }

  static NdArray broadcastTo(NdArray a, int[] shape) {
    if (!Shapes.broadcastable(a.shape, Shapes.given("broadcastTo", "a shape", shape))) {
      throw new ShapeException(
          "broadcastTo: %s cannot be stretched to %s"
              .formatted(Arrays.toString(a.shape), Arrays.toString(shape)));
    }
    Shapes.result("broadcastTo", shape);
    return strided(a, shape.clone(), 0, Shapes.broadcastStrides(a.shape, shape));
  }

  static NdArray slice(NdArray a, int axis, int start, int end) {
    int d = Shapes.axis("slice", axis, a.rank());
    if (start < 0 || end < start || end > a.shape[d]) {
      throw new ShapeException(
          "slice: [%d, %d) is not within axis %d of size %d".formatted(start, end, d, a.shape[d]));
    }
    int[] shape = a.shape.clone();
    shape[d] = end - start;
    int[] strides = Strides.rowMajor(a.shape);
    return strided(a, shape, start * strides[d], strides);
  }

  private static NdArray strided(NdArray a, int[] shape, int offset, int[] strides) {
    NdArray out = new NdArray(a.dtype(), shape, a.storage.allocator, false);
    int[] dense = Strides.rowMajor(shape);
    a.kernels().layout().copy(shape, a.data(), offset, strides, out.data(), 0, dense);
    return out;
  }

  static NdArray pad(NdArray a, int axis, int before, int after) {
    int d = Shapes.axis("pad", axis, a.rank());
    if (before < 0 || after < 0) {
      throw new ShapeException("pad: needs padding >= 0, was " + before + " and " + after);
    }
    int[] shape = a.shape.clone();
    long padded = (long) shape[d] + before + after;
    shape[d] = (int) Math.min(padded, Integer.MAX_VALUE);
    if (padded > Integer.MAX_VALUE) {
      throw new ShapeException("pad: an axis of size " + padded + " is too long");
    }
    Shapes.result("pad", shape);
    NdArray out = new NdArray(a.dtype(), shape, a.storage.allocator, true);
    int[] to = Strides.rowMajor(shape);
    int[] from = Strides.rowMajor(a.shape);
    a.kernels().layout().copy(a.shape, a.data(), 0, from, out.data(), before * to[d], to);
    return out;
  }

  static NdArray sumTo(NdArray a, int[] shape) {
    if (!Shapes.broadcastable(Shapes.given("sumTo", "a shape", shape), a.shape)) {
      throw new ShapeException(
          "sumTo: %s does not stretch to %s"
              .formatted(Arrays.toString(shape), Arrays.toString(a.shape)));
    }
    int[] stretched = Shapes.stretchedAxes(shape, a.shape);
    return stretched.length == 0
        ? broadcastTo(a.reshape(shape), shape) // a copy
        : a.sum(stretched).reshape(shape);
  }
}
