package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;

/** Instance norms whose gamma and beta carry a style. */
public final class StyleNorm {
  private StyleNorm() {}

  /** {@link #adaptiveInstanceNorm(Tensor, Tensor, double)} with eps = 1e-5. */
  public static Tensor adaptiveInstanceNorm(Tensor content, Tensor style) {
    return adaptiveInstanceNorm(content, style, InstanceNorm.DEFAULT_EPS);
  }

  /**
   * content[N, C, H, W] with the mean and the deviation of every plane of style[N, C, h, w] (Huang,
   * Belongie 2017, arXiv:1703.06868): gamma = sqrt(var(style) + eps), beta = mean(style).
   *
   * @throws ShapeException if N and C differ, or a plane has a single value
   */
  public static Tensor adaptiveInstanceNorm(Tensor content, Tensor style, double eps) {
    Checks.given("adaptiveInstanceNorm", "content", content);
    Checks.given("adaptiveInstanceNorm", "style", style);
    if (content.rank() != 4
        || style.rank() != 4
        || content.size(0) != style.size(0)
        || content.size(1) != style.size(1)) {
      throw new ShapeException(
          "adaptiveInstanceNorm: content and style must be [N, C, H, W] with the same N and C, were "
              + content.value().describe()
              + " and "
              + style.value().describe());
    }
    Tensor mean = style.meanKeepDims(2, 3);
    Tensor deviation = style.minus(mean).square().mean(2, 3).plus(eps).sqrt();
    return InstanceNorm.instanceNorm2d(
        content, deviation, mean.reshape(style.size(0), style.size(1)), eps);
  }

  /**
   * Conditional instance norm (Dumoulin, Shlens, Kudlur 2016, arXiv:1610.07629): each image of x[N,
   * C, H, W] is normalised with a mixture of the styles in a table.
   *
   * @param gammas the scale of every style [S, C]
   * @param betas the shift of every style [S, C]
   * @param weights how much of each style every image takes [N, S]: a row with a single 1 picks a
   *     style, 0.5 and 0.5 lie half way between two
   */
  public static Tensor conditionalInstanceNorm(
      Tensor x, Tensor gammas, Tensor betas, Tensor weights, double eps) {
    Checks.given("conditionalInstanceNorm", "x", x);
    Checks.given("conditionalInstanceNorm", "gammas", gammas);
    Checks.given("conditionalInstanceNorm", "betas", betas);
    Checks.given("conditionalInstanceNorm", "weights", weights);
    int n = x.rank() == 4 ? x.size(0) : -1;
    int c = x.rank() == 4 ? x.size(1) : -1;
    int styles = gammas.rank() == 2 ? gammas.size(0) : -1;
    if (n < 0
        || !gammas.value().hasShape(styles, c)
        || !betas.value().hasShape(styles, c)
        || !weights.value().hasShape(n, styles)) {
      throw new ShapeException(
          "conditionalInstanceNorm: needs x[N, C, H, W], gammas[S, C], betas[S, C], weights[N, S],"
              + " was given %s, %s, %s, %s"
                  .formatted(
                      x.value().describe(),
                      gammas.value().describe(),
                      betas.value().describe(),
                      weights.value().describe()));
    }
    return InstanceNorm.instanceNorm2d(x, weights.matmul(gammas), weights.matmul(betas), eps);
  }
}
