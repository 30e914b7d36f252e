package org.tapegrad.check;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A check of a function on plain arrays against its claimed gradient; made by {@link
 * GradientCheck}.
 */
public final class FunctionCheck {
  private final ArrayFunction function;
  private final ArrayFunction.Pullback pullback;
  private double[][] point;
  private String[] names;
  private double[] cotangent;
  private Effort effort = Effort.DEFAULT;

  FunctionCheck(ArrayFunction function, ArrayFunction.Pullback pullback) {
    this.function = function;
    this.pullback = pullback;
  }

  /** The point, one array per input; the arrays are copied. */
  public FunctionCheck at(double[]... x) {
    point = Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
    if (names == null || names.length != x.length) {
      names =
          IntStream.range(0, x.length)
              .mapToObj(b -> x.length == 1 ? "x" : "x" + b)
              .toArray(String[]::new);
    }
    return this;
  }

  /** Names of the inputs, for the report. */
  public FunctionCheck named(String... inputs) {
    names = inputs.clone();
    return this;
  }

  /** A fixed cotangent instead of random ones. */
  public FunctionCheck cotangent(double... v) {
    cotangent = v.clone();
    return this;
  }

  /** Start of all random choices. */
  public FunctionCheck seed(long seed) {
    effort = effort.withSeed(seed);
    return this;
  }

  /** Random directions per input, each with its own cotangent: the budget; 2 unless told. */
  public FunctionCheck directions(int count) {
    effort = effort.withDirections(count);
    return this;
  }

  /** Tries every single element of every input besides the random directions. */
  public FunctionCheck everyElement() {
    effort = effort.withEveryElement();
    return this;
  }

  /**
   * Decimal digits to which agreement must be shown, below which the verdict is Undetermined; 4
   * unless told.
   */
  public FunctionCheck digits(double digits) {
    effort = effort.withDigits(digits);
    return this;
  }

  /** Runs the check. */
  public Report report() {
    if (point == null) {
      throw new IllegalStateException("say where to check: at(x)");
    }
    if (names.length != point.length) {
      throw new IllegalArgumentException(names.length + " names for " + point.length + " inputs");
    }
    Report.Builder report = new Report.Builder(effort);
    SplittableRandom random = new SplittableRandom(effort.seed());
    report.order(
        1,
        true,
        () -> {
          double[] y =
              function
                  .value(Arrays.stream(point).map(double[]::clone).toArray(double[][]::new))
                  .clone();
          for (int round = 0; round < effort.directions(); round++) {
            double[] v =
                cotangent != null
                    ? cotangent
                    : y.length == 1 ? new double[] {1} : Cotangents.random(y.length, random);
            if (v.length != y.length) {
              throw new IllegalArgumentException(
                  "cotangent must have as many elements as the value, "
                      + y.length
                      + ", had "
                      + v.length);
            }
            Subject subject = new FunctionSubject(function, pullback, names, point, v, y);
            Effort share = round == 0 ? effort : effort.withoutElements();
            report.examine(subject, share, random.split());
          }
        });
    return report.build();
  }

  /** Runs the check and throws an AssertionError with the report unless the verdict is Correct. */
  public Report assertCorrect() {
    return report().assertCorrect();
  }
}
