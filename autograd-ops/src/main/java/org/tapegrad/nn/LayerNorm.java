package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * {@link org.tapegrad.ops.LayerNorm#layerNorm} over the last axes, with learnt gamma and beta per
 * element of them, named {@code weight} and {@code bias} as in PyTorch.
 */
public final class LayerNorm extends Module {
  private final NormalizedShape normalizedShape;
  private final double eps;
  private final Parameter weight;
  private final Parameter bias;

  /** A layer that normalises over the last axes, which must have these extents. */
  public LayerNorm(DType dtype, double eps, int... normalizedShape) {
    this(dtype, eps, true, true, normalizedShape);
  }

  /**
   * A layer that normalises over the last axes, which must have these extents.
   *
   * @param elementwiseAffine whether it has gamma, and beta if {@code bias}
   */
  public LayerNorm(
      DType dtype, double eps, boolean elementwiseAffine, boolean bias, int... normalizedShape) {
    this.normalizedShape = NormalizedShape.of("LayerNorm", normalizedShape);
    this.eps = eps;
    weight = elementwiseAffine ? parameter("weight", NdArray.ones(dtype, normalizedShape)) : null;
    this.bias =
        elementwiseAffine && bias ? parameter("bias", NdArray.zeros(dtype, normalizedShape)) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    normalizedShape.require(label(), x);
    Tensor gamma = weight == null ? null : x.tape().variable(weight);
    Tensor beta = bias == null ? null : x.tape().variable(bias);
    return org.tapegrad.ops.LayerNorm.layerNorm(x, normalizedShape.extents(), gamma, beta, eps);
  }

  @Override
  protected String describe() {
    return "LayerNorm(%s, eps=%s)".formatted(normalizedShape, eps);
  }
}
