package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.ops.Norms;

/** {@link Norms#layerNorm} over the last axes, with learnt gamma and beta per element of them. */
public final class LayerNorm extends LastAxesNorm {

  /** A layer over the last axes, which must have these sizes, with PyTorch's defaults. */
  public LayerNorm(DType dtype, int... normalizedShape) {
    this(dtype, normalizedShape, Options.DEFAULT);
  }

  /** A layer over the last axes, which must have these sizes. */
  public LayerNorm(DType dtype, int[] normalizedShape, Options options) {
    super(dtype, normalizedShape, options);
  }

  @Override
  Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    return Norms.layerNorm(x, normalizedShape, gamma, beta, eps);
  }
}
