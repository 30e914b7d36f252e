package org.tapegrad.ops;

import java.util.Arrays;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/**
 * The axes that an operation reduces, and the shapes that follow from them.
 *
 * @param named all axes if it is empty
 * @param kept the shape of x with size 1 along these axes
 * @param result the shape of what the operation returns
 */
record Axes(String op, Tensor x, int[] named, int[] kept, int[] result) {

  static Axes of(String op, Tensor x, int[] axes, boolean keepDims) {
    int[] shape = Shapes.given(op, "x", x).shape();
    int[] named = Shapes.given(op, "axes", axes).clone();
    int[] kept = Shapes.keepDims(op, shape, named);
    return new Axes(op, x, named, kept, keepDims ? kept : Shapes.dropped(op, shape, named));
  }

  /** How many elements become one. */
  int count() {
    int n = 1;
    for (int d = 0; d < kept.length; d++) {
      n *= kept[d] == 1 ? x.size(d) : 1;
    }
    return n;
  }

  /** Refuses to look for an element where there is none. */
  Axes nonEmpty() {
    if (count() == 0) {
      throw new ShapeException(op + ": needs at least one element, x was " + x.value().describe());
    }
    return this;
  }

  /** A result, or its gradient, as it broadcasts against x. */
  Tensor spread(Tensor t) {
    return t.reshape(kept);
  }

  /** What was computed with the axes kept, as the operation returns it. */
  NdArray result(NdArray reduced) {
    return reduced.reshape(result);
  }

  /** x as rows [.., n] of what becomes one element each. */
  Tensor asRows() {
    int[] order =
        IntStream.range(0, 2 * kept.length)
            .filter(i -> (kept[i % kept.length] == 1) == (i >= kept.length))
            .map(i -> i % kept.length)
            .toArray();
    int rows = IntStream.of(kept).reduce(1, (a, b) -> a * b);
    return (named.length == 0 ? x : x.transpose(order)).reshape(rows, count());
  }

  /** As a tape prints them behind an option. */
  String after(String option) {
    StringJoiner text = new StringJoiner(", ");
    if (!option.isEmpty()) {
      text.add(option);
    }
    if (named.length > 0) {
      text.add(named.length == 1 ? "axis " + named[0] : "axes " + Arrays.toString(named));
    }
    if (result.length == kept.length && kept.length > 0) {
      text.add("keepDims");
    }
    return text.toString();
  }
}
