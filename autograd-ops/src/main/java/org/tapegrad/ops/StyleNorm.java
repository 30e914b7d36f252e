package org.tapegrad.ops;

import java.util.stream.IntStream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

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
    Shapes.given("adaptiveInstanceNorm", "content", content);
    Shapes.given("adaptiveInstanceNorm", "style", style);
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
    return InstanceNorm.instanceNorm2d(
        content, deviation(style, mean, eps), mean.reshape(style.size(0), style.size(1)), eps);
  }

  /** sqrt(var + eps) of every plane of style[N, C, h, w]. */
  private static Tensor deviation(Tensor style, Tensor mean, double eps) {
    Tensor variance = style.minus(mean).square().mean(2, 3).plus(eps);
    return fits(variance.value(), mean.value()) ? variance.sqrt() : scaledDeviation(style, eps);
  }

  /**
   * Whether all variances are more than what the rounding of the mean leaves, and leave a root of
   * the range at both ends to their powers in derivatives.
   */
  private static boolean fits(NdArray variance, NdArray mean) {
    DType dtype = mean.dtype();
    int exponent = (dtype == DType.FLOAT32 ? Float.MAX_EXPONENT : Double.MAX_EXPONENT) / 2;
    double[] v = variance.toDoubleArray();
    double[] m = mean.toDoubleArray();
    return IntStream.range(0, v.length)
        .allMatch(
            i ->
                Math.abs(Math.getExponent(v[i])) <= exponent
                    && Math.sqrt(v[i]) > 4 * dtype.epsilon() * Math.abs(m[i]));
  }

  /**
   * The same as u·sqrt(var(style/u) + eps/u²), with a power of two u for each plane that makes its
   * numbers at most 2. Where that root is 0 its derivative is taken as 0, as that of a norm.
   */
  private static Tensor scaledDeviation(Tensor style, double eps) {
    Tape tape = style.tape();
    NdArray units =
        style.value().abs().maxKeepDims(2, 3).map(a -> powerOfTwo(Math.max(a, Math.sqrt(eps))));
    Tensor d = style.dividedBy(tape.constant(units));
    d = d.minus(d.meanKeepDims(2, 3));
    d = d.minus(d.meanKeepDims(2, 3)); // what the rounding of the mean left
    Tensor variance = d.square().mean(2, 3);
    NdArray u = units.reshape(variance.shape());
    NdArray epsInUnits = u.map(v -> eps / v / v);
    NdArray zero = variance.value().plus(epsInUnits).map(v -> v == 0 ? 1 : 0);
    return variance
        .plus(tape.constant(epsInUnits.plus(zero)))
        .sqrt()
        .times(tape.constant(u.times(zero.negate().plus(1))));
  }

  private static double powerOfTwo(double a) {
    return a > 0 && Double.isFinite(a) ? Math.scalb(1.0, Math.getExponent(a)) : 1;
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
    Shapes.given("conditionalInstanceNorm", "x", x);
    Shapes.given("conditionalInstanceNorm", "gammas", gammas);
    Shapes.given("conditionalInstanceNorm", "betas", betas);
    Shapes.given("conditionalInstanceNorm", "weights", weights);
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
