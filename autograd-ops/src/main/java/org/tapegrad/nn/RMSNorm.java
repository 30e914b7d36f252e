package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * {@link org.tapegrad.ops.LayerNorm#rmsNorm} over the last axes, with learnt gamma per element of
 * them, named {@code weight} as in PyTorch.
 */
public final class RMSNorm extends Module {
  private final NormalizedShape normalizedShape;
  private final double eps;
  private final Parameter weight;

  /** A layer that normalises over the last axes, which must have these extents. */
  public RMSNorm(DType dtype, double eps, int... normalizedShape) {
    this(dtype, eps, true, normalizedShape);
  }

  /** The same; without gamma if it is not {@code elementwiseAffine}. */
  public RMSNorm(DType dtype, double eps, boolean elementwiseAffine, int... normalizedShape) {
    this.normalizedShape = NormalizedShape.of("RMSNorm", normalizedShape);
    this.eps = eps;
    weight = elementwiseAffine ? parameter("weight", NdArray.ones(dtype, normalizedShape)) : null;
  }

  @Override
  public Tensor forward(Tensor x) {
    normalizedShape.require(label(), x);
    Tensor gamma = weight == null ? null : x.tape().variable(weight);
    return org.tapegrad.ops.LayerNorm.rmsNorm(x, normalizedShape.extents(), gamma, eps);
  }

  @Override
  protected String describe() {
    return "RMSNorm(%s, eps=%s)".formatted(normalizedShape, eps);
  }
}
