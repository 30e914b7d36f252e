package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.DType;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;

/** {@link Convolutions#convTranspose2d} with learnt weight[in, out/groups, k, k] and bias[out]. */
public final class ConvTranspose2d extends Module {
  private final Conv2dOptions options;
  private final Parameter weight;
  private final Parameter bias;

  /** A layer with square kernels, bias and PyTorch's initial values. */
  public ConvTranspose2d(
      DType dtype,
      RandomGenerator random,
      int inChannels,
      int outChannels,
      int kernelSize,
      Conv2dOptions options) {
    this.options = options;
    int[] shape = {inChannels, outChannels / options.groups(), kernelSize, kernelSize};
    int fanIn = Init.fanIn(shape);
    weight = parameter("weight", Init.layerDefault(dtype, random, fanIn, shape));
    bias = parameter("bias", Init.layerDefault(dtype, random, fanIn, outChannels));
  }

  @Override
  public Tensor forward(Tensor x) {
    return Convolutions.convTranspose2d(
        x, x.tape().variable(weight), x.tape().variable(bias), options);
  }

  @Override
  protected String describe() {
    return "ConvTranspose2d(%d, %d, %d)"
        .formatted(weight.value().size(0), weight.value().size(1), weight.value().size(2));
  }
}
