package org.tapegrad.nn;

import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tensor;

/** {@link org.tapegrad.ops.LayerNorm#layerNorm} over the last axes, with learnt gamma and beta. */
public final class LayerNorm extends Module {
  private final int[] normalizedShape;
  private final double eps;
  private final Parameter weight;
  private final Parameter bias;

  /** A layer that normalises over the last axes, which must have these extents. */
  public LayerNorm(DType dtype, double eps, int... normalizedShape) {
    this.normalizedShape = normalizedShape.clone();
    this.eps = eps;
    weight = parameter("weight", NdArray.ones(dtype, normalizedShape));
    bias = parameter("bias", NdArray.zeros(dtype, normalizedShape));
  }

  @Override
  public Tensor forward(Tensor x) {
    return org.tapegrad.ops.LayerNorm.layerNorm(
        x, normalizedShape, x.tape().variable(weight), x.tape().variable(bias), eps);
  }
}
