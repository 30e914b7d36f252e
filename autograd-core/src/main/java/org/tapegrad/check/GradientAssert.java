package org.tapegrad.check;

import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * An assertion for tests: {@code assertGradient(f, g).at(-1.2, 1)}. It fails as {@link
 * Report#assertCorrect()} does.
 */
public final class GradientAssert {
  private final TensorCheck check;

  private GradientAssert(TensorCheck check) {
    this.check = check;
  }

  /** A function {@code R^n -> R} and its claimed gradient {@code R^n -> R^n}. */
  public static GradientAssert assertGradient(
      ToDoubleFunction<double[]> f, UnaryOperator<double[]> gradient) {
    return new GradientAssert(GradientCheck.of(f, gradient));
  }

  /** Fails unless the gradient at this point is Correct. */
  public Report at(double... x) {
    return check.at(x).assertCorrect();
  }
}
