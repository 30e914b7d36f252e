package org.tapegrad.nn;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;

/**
 * What the layers of normalisation share: gamma and beta, learnt under PyTorch's names {@code
 * weight} and {@code bias}.
 */
public abstract class Norm extends Module {
  private Parameter weight;
  private Parameter bias;

  Norm() {}

  /**
   * What a norm without running statistics can be given.
   *
   * @param eps added to the variance
   * @param affine whether it has a weight
   * @param bias whether it has a bias beside the weight; {@link RMSNorm} never has one
   */
  public record Options(double eps, boolean affine, boolean bias) {
    /** PyTorch's defaults: eps 1e-5, with weight and bias. */
    public static final Options DEFAULT = new Options(InstanceNorm.DEFAULT_EPS, true, true);

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if eps is negative or NaN
     */
    public Options {
      checkEps(eps);
    }

    /** With this number added to the variance. */
    public Options withEps(double number) {
      return new Options(number, affine, bias);
    }

    /** With or without weight and bias. */
    public Options withAffine(boolean has) {
      return new Options(eps, has, bias);
    }

    /** With or without a bias beside the weight. */
    public Options withBias(boolean has) {
      return new Options(eps, affine, has);
    }
  }

  static void checkEps(double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException("norm: eps must be >= 0, was " + eps);
    }
    if (eps == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("norm: eps must be finite, was " + eps);
    }
  }

  /** Makes the parameters, weights of 1 and a bias of 0. */
  final void learn(DType dtype, boolean affine, boolean withBias, int... shape) {
    weight = affine ? parameter("weight", NdArray.ones(dtype, shape)) : null;
    bias = affine && withBias ? parameter("bias", NdArray.zeros(dtype, shape)) : null;
  }

  /** Refuses an input that this layer was not made for. */
  abstract void check(Tensor x);

  /** The operation; gamma and beta are null where this layer has none. */
  abstract Tensor normalise(Tensor x, Tensor gamma, Tensor beta);

  @Override
  public final Tensor forward(Tensor x) {
    requireGiven("x", x);
    check(x);
    try (Tape.Scope scope = scope(x)) {
      Tensor gamma = weight == null ? null : x.tape().variable(weight);
      Tensor beta = bias == null ? null : x.tape().variable(bias);
      return normalise(x, gamma, beta);
    }
  }
}
