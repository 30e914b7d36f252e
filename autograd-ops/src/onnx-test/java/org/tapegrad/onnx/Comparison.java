package org.tapegrad.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.tapegrad.array.NdArray;

/** Whether a result is the expected one. */
final class Comparison {
  private Comparison() {}

  static void check(TensorData expected, NdArray actual, String name) {
    assertArrayEquals(expected.shape(), actual.shape(), "shape of " + name);
    double[] e = expected.array().toDoubleArray();
    double[] a = actual.toDoubleArray();
    double tolerance = tolerance(expected.type());
    for (int i = 0; i < e.length; i++) {
      boolean same = Double.compare(e[i], a[i]) == 0 || e[i] == a[i];
      if (!same && !(Math.abs(e[i] - a[i]) <= tolerance * (1 + Math.abs(e[i])))) {
        fail("%s[%d] is %s, should be %s".formatted(name, i, a[i], e[i]));
      }
    }
  }

  /** Of 1 + |expected|; whole numbers and those that are only moved or compared are exact. */
  private static double tolerance(ElementType type) {
    return switch (type) {
      case FLOAT -> 1e-6;
      case DOUBLE -> 1e-14;
      default -> 0;
    };
  }
}
