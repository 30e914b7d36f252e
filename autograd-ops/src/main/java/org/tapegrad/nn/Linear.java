package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.DType;
import org.tapegrad.ShapeException;
import org.tapegrad.Tensor;

/** y[.., out] = x[.., in] · weightᵀ + bias, with weight[out, in] and bias[out]. */
public final class Linear extends Module {
  private final Parameter weight;
  private final Parameter bias;

  /** A layer with bias and PyTorch's initial values. */
  public Linear(DType dtype, RandomGenerator random, int inFeatures, int outFeatures) {
    weight =
        parameter("weight", Init.layerDefault(dtype, random, inFeatures, outFeatures, inFeatures));
    bias = parameter("bias", Init.layerDefault(dtype, random, inFeatures, outFeatures));
  }

  @Override
  public Tensor forward(Tensor x) {
    int in = weight.value().size(1);
    if (x.rank() < 2 || x.size(-1) != in) {
      throw new ShapeException(
          label() + ": x must be [.., " + in + "] of rank >= 2, was " + x.value().describe());
    }
    return x.matmul(x.tape().variable(weight), false, true).plus(x.tape().variable(bias));
  }

  @Override
  protected String describe() {
    return "Linear(" + weight.value().size(1) + ", " + weight.value().size(0) + ")";
  }
}
