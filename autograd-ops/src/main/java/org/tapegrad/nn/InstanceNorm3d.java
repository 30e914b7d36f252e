package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.RunningStatistics;

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
    super(dtype, numFeatures, -4, true, options);
  }

  @Override
  Tensor normalise(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    return InstanceNorm.instanceNorm3d(x, gamma, beta, eps, running, useInputStats);
  }

  @Override
  String axes() {
    return "[N, C, D, H, W] or [C, D, H, W]";
  }
}
