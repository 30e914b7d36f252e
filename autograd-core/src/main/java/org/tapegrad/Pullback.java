package org.tapegrad;

import org.tapegrad.array.NdArray;

/**
 * How the gradient of an operation's output becomes the gradient of one of its inputs.
 *
 * @param input the input, or null where an optional one is absent
 * @param rule the vector-Jacobian product, written in tensor operations so that it can be
 *     differentiated again
 */
public record Pullback(Tensor input, Rule rule) {

  /** The vector-Jacobian product with respect to one input. */
  @FunctionalInterface
  public interface Rule {
    /**
     * The gradient with respect to the input, in the input's shape.
     *
     * @param y the operation's output
     * @param g the gradient with respect to y, in the shape of y
     */
    Tensor apply(Tensor y, Tensor g);
  }

  /**
   * A faster form of all rules of an operation at once, used while the gradient itself is not being
   * recorded. It must compute the same numbers as the rules.
   */
  @FunctionalInterface
  public interface Fused {
    /**
     * The gradients with respect to the inputs, in the order of their pullbacks.
     *
     * @param g the gradient with respect to the output, in its shape
     * @param needed which inputs' gradients are wanted; the others may be left null
     */
    NdArray[] apply(NdArray g, boolean[] needed);
  }

  /** The pullback with respect to an input; a null input is one that was not given. */
  public static Pullback wrt(Tensor input, Rule rule) {
    return new Pullback(input, rule);
  }

  /** Whether a gradient has anywhere to go: some input is no constant. */
  static boolean reachesAny(Pullback[] pullbacks) {
    for (Pullback p : pullbacks) {
      if (p.input != null && !p.input.isConstant()) {
        return true;
      }
    }
    return false;
  }
}
