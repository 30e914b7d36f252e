package org.tapegrad.examples.style;

import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * How far a picture is from the style of a painting and from the content of a photograph. Of one
 * picture, so that the loss of many is their sum.
 */
interface StyleLoss {
  /**
   * The loss after a painting [1, 3, H, W].
   *
   * @param features what sees strokes, or null for a {@link FilterBank}
   */
  static StyleLoss of(FeatureNetwork features, NdArray painting, double contentWeight) {
    return features == null
        ? new PerceptualLoss(painting, contentWeight)
        : new FeatureLoss(features, painting, contentWeight);
  }

  /**
   * The terms of a loss.
   *
   * @param content unweighted
   * @param style about 1 for a picture that shows nothing
   * @param total the sum to be made small
   */
  record Terms(Tensor content, Tensor style, Tensor total) {}

  /** The terms for a picture [1, 3, S, S] painted after a photograph of the same shape. */
  Terms of(Tensor picture, Tensor photograph);

  /**
   * |grams - target| / |target| (Frobenius). Not its square: that would hardly see the small
   * entries beside the large ones.
   */
  static Tensor distance(Tensor grams, NdArray target) {
    Tensor goal = grams.tape().constant(target);
    double size = goal.square().sum().item();
    return grams.minus(goal).square().sum().dividedBy(size).plus(1e-8).sqrt();
  }
}
