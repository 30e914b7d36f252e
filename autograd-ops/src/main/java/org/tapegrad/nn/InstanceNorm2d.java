package org.tapegrad.nn;

import org.tapegrad.array.DType;
import org.tapegrad.ops.InstanceNorm;

/**
 * {@link InstanceNorm#instanceNorm2d} with learnt gamma and beta, named {@code weight} and {@code
 * bias} as in PyTorch. The same at training and evaluation, unless it tracks running statistics:
 * then evaluation uses those, as batch norm does.
 */
public final class InstanceNorm2d extends ChannelNorm {

  /**
   * A layer without running statistics, eps = 1e-5, as PyTorch's; but affine, which PyTorch's is
   * only when asked.
   */
  public InstanceNorm2d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.DEFAULT);
  }

  /** A layer for inputs of {@code numFeatures} channels. */
  public InstanceNorm2d(DType dtype, int numFeatures, Options options) {
    super(dtype, numFeatures, options, InstanceNorm::instanceNorm2d, true, "H", "W");
  }
}
