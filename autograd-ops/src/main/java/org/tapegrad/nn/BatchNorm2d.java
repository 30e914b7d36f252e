package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.ops.BatchNorm;
import org.tapegrad.ops.RunningStatistics;

/** {@link BatchNorm#batchNorm} of images, with learnt gamma and beta and running statistics. */
public final class BatchNorm2d extends ChannelNorm {

  /** A layer with PyTorch's defaults: affine, with running statistics, eps = 1e-5. */
  public BatchNorm2d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.TRACKING);
  }

  /** A layer for inputs of {@code numFeatures} channels. */
  public BatchNorm2d(DType dtype, int numFeatures, Options options) {
    super(dtype, numFeatures, -3, false, options);
  }

  @Override
  Tensor normalise(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    return BatchNorm.batchNorm(x, gamma, beta, eps, running, useInputStats);
  }

  @Override
  String axes() {
    return "[N, C, H, W]";
  }
}
