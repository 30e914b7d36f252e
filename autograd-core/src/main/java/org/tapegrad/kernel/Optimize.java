package org.tapegrad.kernel;

/**
 * The update rules of optimisers, each one pass over a weight, its gradient and its state.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Optimize<A> {

  /**
   * Stochastic gradient descent as PyTorch defines it: g += weightDecay·w, v = momentum·v + (1 -
   * dampening)·g, w -= rate·(nesterov ? g + momentum·v : v).
   *
   * @param velocity v, or null without momentum
   * @param first whether this is the first step, in which v = g
   */
  void sgd(
      A w,
      A g,
      A velocity,
      int n,
      double rate,
      double momentum,
      double dampening,
      boolean nesterov,
      double weightDecay,
      boolean first);

  /**
   * Adam (Kingma, Ba 2014): m = beta1·m + (1 - beta1)·g, v = beta2·v + (1 - beta2)·g², w -= rate/(1
   * - beta1ᵗ) · m / (sqrt(v/(1 - beta2ᵗ)) + eps).
   *
   * @param decay added to the gradient as decay·w
   * @param shrink what w is multiplied by before the step: the decoupled decay of AdamW
   * @param t the number of this step, from 1
   */
  void adam(
      A w,
      A g,
      A m,
      A v,
      int n,
      double rate,
      double beta1,
      double beta2,
      double eps,
      double decay,
      double shrink,
      int t);
}
