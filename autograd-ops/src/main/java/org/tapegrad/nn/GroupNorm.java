package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.ShapeException;
import org.tapegrad.ops.Norms;

/** {@link Norms#groupNorm} with learnt gamma and beta per channel. */
public final class GroupNorm extends Norm {
  private final int numGroups;
  private final int numChannels;
  private final double eps;

  /** A layer for inputs [N, numChannels, ...], with PyTorch's defaults. */
  public GroupNorm(DType dtype, int numGroups, int numChannels) {
    this(dtype, numGroups, numChannels, Options.DEFAULT);
  }

  /** A layer for inputs [N, numChannels, ...]. */
  public GroupNorm(DType dtype, int numGroups, int numChannels, Options options) {
    requirePositive("numChannels", numChannels);
    requireGiven("options", options);
    if (numGroups < 1 || numChannels % numGroups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: numGroups must divide numChannels = " + numChannels + ", was " + numGroups);
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = options.eps();
    learn(dtype, options.affine(), options.bias(), numChannels);
  }

  @Override
  void check(Tensor x) {
    if (x.rank() < 2 || x.size(1) != numChannels) {
      throw new ShapeException(
          "%s: x must be [N, C, ...] with C = %d, was %s"
              .formatted(label(), numChannels, x.value().describe()));
    }
  }

  @Override
  Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    return Norms.groupNorm(x, numGroups, gamma, beta, eps);
  }

  @Override
  protected String describe() {
    return "GroupNorm(%d, %d, eps=%s)".formatted(numGroups, numChannels, eps);
  }
}
