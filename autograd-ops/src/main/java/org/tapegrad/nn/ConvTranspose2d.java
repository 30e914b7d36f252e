package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;

/** {@link Convolutions#convTranspose2d} with learnt weight[in, out/groups, k, k] and bias[out]. */
public final class ConvTranspose2d extends Module {
  private final int outChannels;
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
    this(dtype, random, inChannels, outChannels, kernelSize, options, true);
  }

  /**
   * A layer with square kernels and PyTorch's initial values, with bias or without.
   *
   * @throws IllegalArgumentException if a number is below 1 or groups do not divide the channels
   */
  public ConvTranspose2d(
      DType dtype,
      RandomGenerator random,
      int inChannels,
      int outChannels,
      int kernelSize,
      Conv2dOptions options,
      boolean bias) {
    requireGiven("options", options);
    requireDivisible("inChannels", inChannels, options.groups());
    requireDivisible("outChannels", outChannels, options.groups());
    requirePositive("kernelSize", kernelSize);
    this.outChannels = outChannels;
    this.options = options;
    int[] shape = {inChannels, outChannels / options.groups(), kernelSize, kernelSize};
    double fanIn = Init.fanIn(shape);
    weight = parameter("weight", Init.layerDefault(dtype, random, fanIn, shape));
    this.bias =
        bias ? parameter("bias", Init.layerDefault(dtype, random, fanIn, outChannels)) : null;
  }

  /** The weight, to be initialised differently. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor x) {
    requireImages(x, weight.value().size(0));
    try (Tape.Scope scope = scope(x)) {
      Tensor b = bias == null ? null : x.tape().variable(bias);
      return Convolutions.convTranspose2d(x, x.tape().variable(weight), b, options);
    }
  }

  @Override
  protected String describe() {
    return "ConvTranspose2d(%d, %d, %d)"
        .formatted(weight.value().size(0), outChannels, weight.value().size(2));
  }
}
