package org.tapegrad.check;

import java.util.Arrays;

/** {@code cotangent · f(x)} for a function on plain arrays. */
final class FunctionSubject implements Subject {
  private final ArrayFunction function;
  private final ArrayFunction.Pullback pullback;
  private final String[] names;
  private final double[][] point;
  private final double[] cotangent;
  private final double rounding;

  FunctionSubject(
      ArrayFunction function,
      ArrayFunction.Pullback pullback,
      String[] names,
      double[][] point,
      double[] cotangent,
      double[] valueAtPoint) {
    this.function = function;
    this.pullback = pullback;
    this.names = names;
    this.point = point;
    this.cotangent = cotangent;
    this.rounding =
        valueAtPoint.length == 1 ? 0 : 0x1p-53 * NoiseFloor.length(valueAtPoint, cotangent);
  }

  @Override
  public int inputs() {
    return point.length;
  }

  @Override
  public String name(int input) {
    return names[input];
  }

  @Override
  public double[] point(int input) {
    return point[input];
  }

  @Override
  public double value(double[][] x) {
    double[][] given = copy(x);
    double[] y = function.value(given);
    requireUntouched(given, x, "the function");
    if (y.length != cotangent.length) {
      throw new IllegalArgumentException(
          "the function returned "
              + y.length
              + " values here and "
              + cotangent.length
              + " at the point of the check");
    }
    return CompensatedSum.dot(y, cotangent);
  }

  @Override
  public double[][] gradient(double[][] x) {
    double[][] given = copy(x);
    double[] seed = cotangent.clone();
    double[][] gradient = pullback.gradient(given, seed);
    requireUntouched(given, x, "the gradient");
    if (!Arrays.equals(seed, cotangent)) {
      throw new MisbehaviourException(
          Verdict.Fault.INPUT_CHANGED, "the gradient changed the cotangent it was given");
    }
    if (gradient.length != x.length) {
      throw new MisbehaviourException(
          Verdict.Fault.WRONG_NUMBER_OF_GRADIENTS,
          "expected one gradient for each of " + x.length + " inputs, got " + gradient.length);
    }
    double[][] kept = new double[x.length][];
    for (int b = 0; b < x.length; b++) {
      if (gradient[b] == null || gradient[b].length != x[b].length) {
        throw new MisbehaviourException(
            Verdict.Fault.WRONG_SHAPE,
            "the gradient of "
                + names[b]
                + " must have "
                + x[b].length
                + " elements, "
                + (gradient[b] == null ? "was null" : "had " + gradient[b].length));
      }
      kept[b] = gradient[b].clone();
    }
    return kept;
  }

  @Override
  public double rounding() {
    return rounding;
  }

  private void requireUntouched(double[][] given, double[][] x, String who) {
    for (int b = 0; b < x.length; b++) {
      if (!Arrays.equals(given[b], x[b])) {
        throw new MisbehaviourException(
            Verdict.Fault.INPUT_CHANGED, who + " changed its argument " + names[b]);
      }
    }
  }

  private static double[][] copy(double[][] x) {
    double[][] copy = new double[x.length][];
    for (int b = 0; b < x.length; b++) {
      copy[b] = x[b].clone();
    }
    return copy;
  }
}
