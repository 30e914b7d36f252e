package org.tapegrad.kernel;

/**
 * Two-dimensional cross-correlation and its two adjoints, zero padded; every method overwrites the
 * whole of its last argument.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Convolution<A> {

  /** y[N, K, oH, oW] from x[N, C, H, W] and weight[K, C/groups, kH, kW]. */
  void forward(ConvolutionShape s, A x, A weight, A y);

  /** dx[N, C, H, W], the adjoint in x, from g[N, K, oH, oW] and the weight. */
  void inputGradient(ConvolutionShape s, A g, A weight, A dx);

  /** dweight[K, C/groups, kH, kW], the adjoint in the weight, from x and g[N, K, oH, oW]. */
  void weightGradient(ConvolutionShape s, A x, A g, A dweight);
}
