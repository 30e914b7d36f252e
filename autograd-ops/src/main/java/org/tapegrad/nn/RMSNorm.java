package org.tapegrad.nn;

import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tensor;

/** {@link org.tapegrad.ops.LayerNorm#rmsNorm} over the last axes, with learnt gamma. */
public final class RMSNorm extends Module {
  private final int[] normalizedShape;
  private final double eps;
  private final Parameter weight;

  /** A layer that normalises over the last axes, which must have these extents. */
  public RMSNorm(DType dtype, double eps, int... normalizedShape) {
    this.normalizedShape = normalizedShape.clone();
    this.eps = eps;
    weight = parameter("weight", NdArray.ones(dtype, normalizedShape));
  }

  @Override
  public Tensor forward(Tensor x) {
    return org.tapegrad.ops.LayerNorm.rmsNorm(x, normalizedShape, x.tape().variable(weight), eps);
  }
}
