package org.tapegrad.check;

/**
 * A number known to lie within {@code error} of {@code value}.
 *
 * @param value the best estimate
 * @param error its estimated absolute error, positive infinity when nothing converged
 * @param step the step size of the finest sample that the estimate was built from
 */
record Estimate(double value, double error, double step) {

  /** True when the interval widened by {@code factor} does not contain {@code x}. */
  boolean excludes(double x, double factor) {
    return Math.abs(x - value) > factor * error;
  }
}
