package org.tapegrad.nn;

import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tensor;

/** {@link org.tapegrad.ops.GroupNorm#groupNorm} with learnt gamma and beta per channel. */
public final class GroupNorm extends Module {
  private final int numGroups;
  private final double eps;
  private final Parameter weight;
  private final Parameter bias;

  /** A layer for inputs [N, numChannels, ...]. */
  public GroupNorm(DType dtype, int numGroups, int numChannels, double eps) {
    requirePositive("numChannels", numChannels);
    if (numGroups < 1 || numChannels % numGroups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: numGroups must divide numChannels = " + numChannels + ", was " + numGroups);
    }
    this.numGroups = numGroups;
    this.eps = eps;
    weight = parameter("weight", NdArray.ones(dtype, numChannels));
    bias = parameter("bias", NdArray.zeros(dtype, numChannels));
  }

  @Override
  public Tensor forward(Tensor x) {
    return org.tapegrad.ops.GroupNorm.groupNorm(
        x, numGroups, x.tape().variable(weight), x.tape().variable(bias), eps);
  }
}
