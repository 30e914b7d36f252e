package org.tapegrad.check;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.ValueWrapper;

/** The error of a failed check, with both gradients where opentest4j is there to carry them. */
final class Failure {
  private Failure() {}

  static AssertionError of(String message, double[] numeric, double[] analytic) {
    try {
      return Opentest4j.error(message, numeric, analytic);
    } catch (NoClassDefFoundError absent) {
      return new AssertionError(message);
    }
  }

  /** Loaded when it is called, which fails without opentest4j. */
  private static final class Opentest4j {
    static AssertionError error(String message, double[] numeric, double[] analytic) {
      return numeric.length == 0
          ? new AssertionFailedError(message)
          : new AssertionFailedError(message, shown(numeric), shown(analytic));
    }

    private static ValueWrapper shown(double[] gradient) {
      String lines =
          Arrays.stream(gradient).mapToObj(Numbers::exact).collect(Collectors.joining("\n"));
      return ValueWrapper.create(gradient, lines);
    }
  }
}
