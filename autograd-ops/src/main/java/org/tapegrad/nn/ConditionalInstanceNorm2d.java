package org.tapegrad.nn;

import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.ShapeException;
import org.tapegrad.Tensor;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.StyleNorm;

/**
 * {@link StyleNorm#conditionalInstanceNorm} with a learnt table of styles: {@code weight} and
 * {@code bias} of shape [styles, C]. What is mixed is chosen before a forward pass and stays.
 */
public final class ConditionalInstanceNorm2d extends Module {
  private final int styles;
  private final int channels;
  private final double eps;
  private final Parameter weight;
  private final Parameter bias;
  private double[] mixture;

  /** A layer for so many styles, the first of them chosen. */
  public ConditionalInstanceNorm2d(DType dtype, int numStyles, int numFeatures) {
    requirePositive("numStyles", numStyles);
    requirePositive("numFeatures", numFeatures);
    this.styles = numStyles;
    this.channels = numFeatures;
    this.eps = InstanceNorm.DEFAULT_EPS;
    weight = parameter("weight", NdArray.ones(dtype, numStyles, numFeatures));
    bias = parameter("bias", NdArray.zeros(dtype, numStyles, numFeatures));
    choose(0);
  }

  /** Takes one style for all images. */
  public void choose(int style) {
    if (style < 0 || style >= styles) {
      throw new IllegalArgumentException(
          label() + ": style must be in [0, " + styles + "), was " + style);
    }
    mixture = new double[styles];
    mixture[style] = 1;
  }

  /** Takes a mixture for all images: at 0 the first style, at 1 the second, evenly between. */
  public void interpolate(int first, int second, double position) {
    choose(first);
    double[] other = mixture;
    choose(second);
    for (int i = 0; i < styles; i++) {
      mixture[i] = position * mixture[i] + (1 - position) * other[i];
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.rank() != 4 || x.size(1) != channels) {
      throw new ShapeException(
          label()
              + ": x must be [N, C, H, W] with C = "
              + channels
              + ", was "
              + x.value().describe());
    }
    NdArray weights = NdArray.of(mixture, 1, styles).to(x.dtype()).broadcastTo(x.size(0), styles);
    return StyleNorm.conditionalInstanceNorm(
        x, x.tape().variable(weight), x.tape().variable(bias), x.tape().constant(weights), eps);
  }
}
