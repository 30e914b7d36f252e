package org.tapegrad.kernel;

/**
 * Normalisation to zero mean and unit variance: statistics of groups of elements, and the closed
 * form of its gradient. A group is divided into planes of {@code plane} consecutive elements, each
 * with a scale (gamma) and a shift (beta) of its own; plane p of the array takes element p modulo
 * the length of gamma.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Planes<A> {

  /**
   * Mean, variance (biased) and inverse standard deviation 1/sqrt(variance + eps) per group.
   *
   * <p>Corrected two-pass: with d = x - mean, the variance is (sum d² - (sum d)²/M)/M, and the
   * residual mean(d), which the rounding of the mean leaves, is kept so that x - mean can be
   * centred exactly. A variance that overflows is taken of scaled deviations.
   *
   * @param centred false for the root mean square: the mean is taken as 0
   */
  void statistics(
      PlaneGroups s,
      boolean centred,
      double eps,
      A x,
      A mean,
      A residual,
      A variance,
      A inverseDeviation);

  /** y = ((x - mean) - residual) · inverseDeviation · gamma + beta; gamma and beta may be null. */
  void normalise(
      PlaneGroups s,
      int plane,
      A x,
      A mean,
      A residual,
      A inverseDeviation,
      A gamma,
      int gammaSize,
      A beta,
      int betaSize,
      A y);

  /** Per plane, the sum of g and the sum of g·(x - mean). */
  void gradientSums(
      PlaneGroups s, int plane, A g, A x, A mean, A residual, A sumG, A sumGTimesDeviation);

  /**
   * dx = r·(gamma·g - mean(gamma·g) - xhat·mean(gamma·g·xhat)) with r the inverse deviation and the
   * means over the group, from the sums of {@link #gradientSums}.
   *
   * @param centred as in {@link #statistics}; without it the mean(gamma·g) is left out
   */
  void inputGradient(
      PlaneGroups s,
      int plane,
      boolean centred,
      A g,
      A x,
      A mean,
      A residual,
      A inverseDeviation,
      A gamma,
      int gammaSize,
      A sumG,
      A sumGTimesDeviation,
      A dx);
}
