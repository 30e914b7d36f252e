package org.tapegrad.zoo;

/**
 * Any function of one or more arrays, differentiated with whatever means: {@code y[m] = f(x1[n1],
 * x2[n2], ...)}.
 */
@FunctionalInterface
public interface ArrayFunction {
  /** The value at {@code x[input][element]}. */
  double[] value(double[][] x);

  /** The product of a cotangent with the function's Jacobian. */
  @FunctionalInterface
  interface Pullback {
    /** The claimed gradient of {@code cotangent · f(x)}, one array per input. */
    double[][] gradient(double[][] x, double[] cotangent);
  }
}
