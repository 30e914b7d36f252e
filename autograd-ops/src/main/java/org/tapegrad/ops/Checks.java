package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/** What operations require of their arguments, each rule and its message once. */
final class Checks {
  private Checks() {}

  /** Refuses a number that is not above 0. */
  static void positive(String op, String name, double number) {
    if (!(number > 0)) {
      throw new IllegalArgumentException(op + ": " + name + " must be > 0, was " + number);
    }
  }

  /** Refuses NaN. */
  static void number(String op, String name, double number) {
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException(op + ": " + name + " must be a number, was NaN");
    }
  }

  /** Refuses two tensors of different element types. */
  static void oneType(String op, String firstName, Tensor first, String secondName, Tensor second) {
    if (Shapes.given(op, firstName, first).dtype()
        != Shapes.given(op, secondName, second).dtype()) {
      throw new IllegalArgumentException(
          "%s: %s %s and %s %s must have one element type"
              .formatted(
                  op, firstName, first.value().describe(), secondName, second.value().describe()));
    }
  }

  /** Refuses what is not x[N, C, H, W] or x[C, H, W]. */
  static void image(String op, Tensor x) {
    int rank = Shapes.given(op, "x", x).rank();
    if (rank != 3 && rank != 4) {
      throw new ShapeException(
          op + ": x must be [N, C, H, W] or [C, H, W], was " + x.value().describe());
    }
  }

  /** Refuses what is not x[N, C, H, W] or x[C, H, W] with at least one pixel. */
  static void imageWithPixels(String op, Tensor x) {
    image(op, x);
    if (x.size(-2) == 0 || x.size(-1) == 0) {
      throw new ShapeException(op + ": x has no pixels, was " + x.value().describe());
    }
  }

  /** Refuses x and target of different shapes. */
  static void alike(String op, Tensor x, Tensor target) {
    if (!Shapes.given(op, "x", x).value().hasShape(Shapes.given(op, "target", target).shape())) {
      throw new ShapeException(
          "%s: x %s and target %s must have one shape"
              .formatted(op, x.value().describe(), target.value().describe()));
    }
  }

  /** Refuses an eps below 0, NaN or infinite. */
  static void eps(String op, double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException(op + ": eps must be >= 0, was " + eps);
    }
    if (eps == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(op + ": eps must be finite, was " + eps);
    }
  }

  /** Refuses to normalise groups of one value. */
  static void variance(String op, String group, int size, String x) {
    if (size == 1) {
      throw new ShapeException(
          op + ": " + group + " has no variance and would always become beta, x was " + x);
    }
  }
}
