package org.tapegrad.nn;

import org.tapegrad.array.DType;
import org.tapegrad.ops.Norms;

/** {@link Norms#batchNorm} of images, with learnt gamma and beta and running statistics. */
public final class BatchNorm2d extends ChannelNorm {

  /** A layer with PyTorch's defaults: affine, with running statistics, eps = 1e-5. */
  public BatchNorm2d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.TRACKING);
  }

  /** A layer for inputs of {@code numFeatures} channels. */
  public BatchNorm2d(DType dtype, int numFeatures, Options options) {
    super(dtype, numFeatures, options, Norms::batchNorm, false, "H", "W");
  }
}
