package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.ops.InstanceNorm;

/**
 * {@link org.tapegrad.ops.GroupNorm#groupNorm} with learnt gamma and beta per channel, named {@code
 * weight} and {@code bias} as in PyTorch.
 */
public final class GroupNorm extends Module {
  private final int numGroups;
  private final int numChannels;
  private final double eps;
  private final Parameter weight;
  private final Parameter bias;

  /** A layer with PyTorch's defaults: affine, eps = 1e-5. */
  public GroupNorm(DType dtype, int numGroups, int numChannels) {
    this(dtype, numGroups, numChannels, InstanceNorm.DEFAULT_EPS);
  }

  /** An affine layer for inputs [N, numChannels, ...]. */
  public GroupNorm(DType dtype, int numGroups, int numChannels, double eps) {
    this(dtype, numGroups, numChannels, eps, true);
  }

  /** A layer for inputs [N, numChannels, ...]; without gamma and beta if it is not affine. */
  public GroupNorm(DType dtype, int numGroups, int numChannels, double eps, boolean affine) {
    requirePositive("numChannels", numChannels);
    if (numGroups < 1 || numChannels % numGroups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: numGroups must divide numChannels = " + numChannels + ", was " + numGroups);
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    weight = affine ? parameter("weight", NdArray.ones(dtype, numChannels)) : null;
    bias = affine ? parameter("bias", NdArray.zeros(dtype, numChannels)) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.rank() < 2 || x.size(1) != numChannels) {
      throw new ShapeException(
          "%s: x must be [N, C, ...] with C = %d, was %s"
              .formatted(label(), numChannels, x.value().describe()));
    }
    Tensor gamma = weight == null ? null : x.tape().variable(weight);
    Tensor beta = bias == null ? null : x.tape().variable(bias);
    return org.tapegrad.ops.GroupNorm.groupNorm(x, numGroups, gamma, beta, eps);
  }

  @Override
  protected String describe() {
    return "GroupNorm(%d, %d, eps=%s)".formatted(numGroups, numChannels, eps);
  }
}
