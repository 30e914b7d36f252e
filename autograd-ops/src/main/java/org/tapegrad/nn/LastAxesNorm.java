package org.tapegrad.nn;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.ShapeException;

/** The norms over the last axes of an input, with weight and bias per element of them. */
abstract class LastAxesNorm extends Norm {
  final int[] normalizedShape;
  final double eps;

  LastAxesNorm(DType dtype, int[] normalizedShape, Options options) {
    requireGiven("normalizedShape", normalizedShape);
    requireGiven("options", options);
    if (normalizedShape.length == 0 || Arrays.stream(normalizedShape).anyMatch(e -> e < 1)) {
      throw new IllegalArgumentException(
          "%s: normalizedShape must be one or more sizes >= 1, was %s"
              .formatted(label(), Arrays.toString(normalizedShape)));
    }
    this.normalizedShape = normalizedShape.clone();
    this.eps = options.eps();
    learn(dtype, options.affine(), options.bias(), normalizedShape);
  }

  @Override
  final void check(Tensor x) {
    int[] shape = x.shape();
    int from = shape.length - normalizedShape.length;
    if (from < 0
        || !Arrays.equals(normalizedShape, Arrays.copyOfRange(shape, from, shape.length))) {
      throw new ShapeException(
          "%s: the last axes of x must be %s, x was %s"
              .formatted(label(), Arrays.toString(normalizedShape), x.value().describe()));
    }
  }

  @Override
  protected final String describe() {
    return "%s(%s, eps=%s)"
        .formatted(getClass().getSimpleName(), Arrays.toString(normalizedShape), eps);
  }
}
