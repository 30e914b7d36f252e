package org.tapegrad.nn;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;

/** The extents of the last axes, over which layer norm and root mean square norm go. */
record NormalizedShape(int... extents) {

  /** Checks the extents a layer is made with. */
  static NormalizedShape of(String layer, int[] extents) {
    if (extents.length == 0 || Arrays.stream(extents).anyMatch(e -> e < 1)) {
      throw new IllegalArgumentException(
          layer
              + ": normalizedShape must be one or more extents >= 1, was "
              + Arrays.toString(extents));
    }
    return new NormalizedShape(extents.clone());
  }

  /** Checks an input of a layer. */
  void require(String label, Tensor x) {
    int[] shape = x.shape();
    int from = shape.length - extents.length;
    if (from < 0 || !Arrays.equals(extents, Arrays.copyOfRange(shape, from, shape.length))) {
      throw new ShapeException(
          "%s: the last axes of x must be %s, x was %s"
              .formatted(label, this, x.value().describe()));
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(extents);
  }
}
