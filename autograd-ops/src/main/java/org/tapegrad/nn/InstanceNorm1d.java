package org.tapegrad.nn;

import org.tapegrad.array.DType;
import org.tapegrad.ops.InstanceNorm;

/** {@link InstanceNorm#instanceNorm1d} with learnt gamma and beta. */
public final class InstanceNorm1d extends ChannelNorm {

  /**
   * A layer without running statistics, eps = 1e-5, as PyTorch's; but affine, which PyTorch's is
   * only when asked.
   */
  public InstanceNorm1d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.DEFAULT);
  }

  /** A layer for inputs of {@code numFeatures} channels. */
  public InstanceNorm1d(DType dtype, int numFeatures, Options options) {
    super(dtype, numFeatures, options, InstanceNorm::instanceNorm1d, true, "L");
  }
}
