package org.tapegrad.kernel;

/**
 * Normalisation to zero mean and unit variance, and the closed form of its gradient. Statistics are
 * taken over groups of elements; a group is divided into planes of {@code plane} consecutive
 * elements that each have a scale (gamma) and a shift (beta) of their own. A group is worked on as
 * a whole, one pass after the other, while it is in the cache.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Planes<A> {

  /**
   * What is known of each group.
   *
   * <p>Corrected two-pass, where the first pass goes about the mean of a few elements and is the
   * last unless that lies more than four deviations off: with d = x - mean, the variance is (sum d²
   * - (sum d)²/M)/M, and the residual mean(d), which the rounding of the mean leaves, is kept so
   * that x - mean can be centred exactly. Where squares leave the range of the type, all are those
   * of x/unit.
   *
   * @param variance biased
   * @param inverseDeviation 1/sqrt(variance + eps), and 0 if that is 1/0
   * @param unit 1, or a power of two near the deviation
   */
  record Statistics<A>(A mean, A residual, A variance, A inverseDeviation, A unit) {}

  /**
   * Scale or shift of planes: plane p takes element p modulo the size.
   *
   * @param values null where there is none
   */
  record PerPlane<A>(A values, int size) {}

  /**
   * Fills the statistics and y = ((x - mean) - residual) · inverseDeviation · gamma + beta.
   *
   * @param centred false for the root mean square: the mean is taken as 0
   */
  void forward(
      PlaneGroups s,
      int plane,
      boolean centred,
      double eps,
      A x,
      Statistics<A> statistics,
      PerPlane<A> gamma,
      PerPlane<A> beta,
      A y);

  /** xhat = ((x - mean) - residual) · inverseDeviation, from known statistics. */
  void normalise(PlaneGroups s, A x, Statistics<A> statistics, A xhat);

  /**
   * Per plane, the sum of g and the sum of g·xhat; and from them, with r the inverse deviation, h =
   * gamma·g and means over the group, dx = r·(h - mean(h) - xhat·mean(h·xhat)). Where a product
   * leaves the range of the type though the result does not, x and g are scaled.
   *
   * @param centred as in {@link #forward}; without it mean(h) is left out
   * @param dx null if it is not asked for
   */
  void backward(
      PlaneGroups s,
      int plane,
      boolean centred,
      A g,
      A x,
      Statistics<A> statistics,
      PerPlane<A> gamma,
      A sumG,
      A sumGXhat,
      A dx);
}
