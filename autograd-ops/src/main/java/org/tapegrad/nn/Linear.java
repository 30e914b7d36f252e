package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.ShapeException;

/** y[.., out] = x[.., in] · weightᵀ + bias, with weight[out, in] and bias[out]. */
public final class Linear extends Module {
  private final Parameter weight;
  private final Parameter bias;

  /** A layer with bias and PyTorch's initial values. */
  public Linear(DType dtype, RandomGenerator random, int inFeatures, int outFeatures) {
    this(dtype, random, inFeatures, outFeatures, true);
  }

  /** A layer with PyTorch's initial values, with bias or without. */
  public Linear(
      DType dtype, RandomGenerator random, int inFeatures, int outFeatures, boolean bias) {
    requirePositive("inFeatures", inFeatures);
    requirePositive("outFeatures", outFeatures);
    weight =
        parameter("weight", Init.layerDefault(dtype, random, inFeatures, outFeatures, inFeatures));
    this.bias =
        bias ? parameter("bias", Init.layerDefault(dtype, random, inFeatures, outFeatures)) : null;
  }

  /** The weight, to be initialised differently. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor x) {
    requireGiven("x", x);
    int in = weight.value().size(1);
    if (x.rank() < 2 || x.size(-1) != in) {
      throw new ShapeException(
          label() + ": x must be [.., " + in + "] of rank >= 2, was " + x.value().describe());
    }
    try (Tape.Scope scope = scope(x)) {
      Tensor y = x.matmul(x.tape().variable(weight), false, true);
      return bias == null ? y : y.plus(x.tape().variable(bias));
    }
  }

  @Override
  protected String describe() {
    return "Linear(" + weight.value().size(1) + ", " + weight.value().size(0) + ")";
  }
}
