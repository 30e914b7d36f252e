package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.ops.Norms;

/** {@link Norms#rmsNorm} over the last axes, with learnt gamma per element of them. */
public final class RMSNorm extends LastAxesNorm {

  /**
   * A layer over the last axes, which must have these sizes, with eps = 1e-5, where PyTorch takes
   * the distance from 1 to the next number of the type.
   */
  public RMSNorm(DType dtype, int... normalizedShape) {
    this(dtype, normalizedShape, Options.DEFAULT);
  }

  /** A layer over the last axes, which must have these sizes; it has no bias. */
  public RMSNorm(DType dtype, int[] normalizedShape, Options options) {
    super(dtype, normalizedShape, options == null ? null : options.withBias(false));
  }

  @Override
  Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    return Norms.rmsNorm(x, normalizedShape, gamma, eps);
  }
}
