package org.tapegrad.nn;

import org.tapegrad.array.DType;
import org.tapegrad.ops.InstanceNorm;

/** {@link InstanceNorm#instanceNorm3d} with learnt gamma and beta. */
public final class InstanceNorm3d extends ChannelNorm {

  /**
   * A layer without running statistics, eps = 1e-5, as PyTorch's; but affine, which PyTorch's is
   * only when asked.
   */
  public InstanceNorm3d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.DEFAULT);
  }

  /** A layer for inputs of {@code numFeatures} channels. */
  public InstanceNorm3d(DType dtype, int numFeatures, Options options) {
    super(dtype, numFeatures, options, InstanceNorm::instanceNorm3d, true, "D", "H", "W");
  }
}
