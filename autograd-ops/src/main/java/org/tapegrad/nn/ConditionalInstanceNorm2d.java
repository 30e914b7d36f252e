package org.tapegrad.nn;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.ops.StyleNorm;

/**
 * {@link StyleNorm#conditionalInstanceNorm} with a learnt table of styles: {@code weight} and
 * {@code bias} of shape [styles, C]. What is mixed is chosen before a forward pass and stays.
 */
public final class ConditionalInstanceNorm2d extends Norm {
  private final int styles;
  private final int channels;
  private final double eps;
  private double[] mixture;

  /** A layer for so many styles, the first of them chosen, with eps = 1e-5. */
  public ConditionalInstanceNorm2d(DType dtype, int numStyles, int numFeatures) {
    this(dtype, numStyles, numFeatures, Options.DEFAULT);
  }

  /**
   * A layer for so many styles, the first of them chosen.
   *
   * @throws IllegalArgumentException if the options leave out weight or bias
   */
  public ConditionalInstanceNorm2d(DType dtype, int numStyles, int numFeatures, Options options) {
    requirePositive("numStyles", numStyles);
    requirePositive("numFeatures", numFeatures);
    requireGiven("options", options);
    if (!options.affine() || !options.bias()) {
      throw new IllegalArgumentException(
          "ConditionalInstanceNorm2d: a style consists of weight and bias, but options were "
              + options);
    }
    this.styles = numStyles;
    this.channels = numFeatures;
    this.eps = options.eps();
    learn(dtype, true, true, numStyles, numFeatures);
    choose(0);
  }

  /** Takes one style for all images. */
  public void choose(int style) {
    interpolate(style, style, 0);
  }

  /** Takes a mixture for all images: at 0 the first style, at 1 the second, evenly between. */
  public void interpolate(int first, int second, double position) {
    requireStyle(first);
    requireStyle(second);
    double[] weights = new double[styles];
    weights[first] += 1 - position;
    weights[second] += position;
    mix(weights);
  }

  private void requireStyle(int style) {
    if (style < 0 || style >= styles) {
      throw new IllegalArgumentException(
          label() + ": style must be in [0, " + styles + "), was " + style);
    }
  }

  /** Takes so much of each style for all images; the parts need not add up to 1. */
  public void mix(double... parts) {
    requireGiven("parts", parts);
    if (parts.length != styles || !Arrays.stream(parts).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "%s: a mixture is a finite part of each of %d styles, was %s"
              .formatted(label(), styles, Arrays.toString(parts)));
    }
    mixture = parts.clone();
  }

  @Override
  void check(Tensor x) {
    if (x.rank() != 4 || x.size(1) != channels) {
      throw new ShapeException(
          "%s: x must be [N, C, H, W] with C = %d, was %s"
              .formatted(label(), channels, x.value().describe()));
    }
  }

  @Override
  Tensor normalise(Tensor x, Tensor gammas, Tensor betas) {
    NdArray weights = NdArray.of(mixture, 1, styles).to(x.dtype()).broadcastTo(x.size(0), styles);
    return StyleNorm.conditionalInstanceNorm(x, gammas, betas, x.tape().constant(weights), eps);
  }

  @Override
  protected String describe() {
    return "ConditionalInstanceNorm2d(%d, %d, eps=%s)".formatted(styles, channels, eps);
  }
}
