package org.tapegrad.examples.style;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** The options that say in which of a model's styles, or in which mixture, to paint. */
class StyleChoice {
  @Option(
      names = "--style",
      paramLabel = "NAME",
      description = "one of the model's styles (default: the first)")
  private String style;

  @Option(
      names = "--style-weights",
      paramLabel = "A,B,..",
      split = ",",
      description = "a mixture: a part of each of the model's styles, in their order")
  private double[] weights;

  /** How many of these options there are on the command line. */
  int given() {
    return (style == null ? 0 : 1) + (weights == null ? 0 : 1);
  }

  /**
   * A part of each style.
   *
   * @throws Failure if the model lacks the style, or the options contradict it or each other
   */
  double[] mixture(List<String> styles) {
    int count = styles.size();
    if (given() > 1) {
      throw Failure.usage("--style and --style-weights: give one of them");
    }
    if (weights != null) {
      if (weights.length != count || !DoubleStream.of(weights).allMatch(Double::isFinite)) {
        throw Failure.usage(
            "--style-weights must be %d numbers, one for each of %s, was %s"
                .formatted(count, styles, Arrays.toString(weights)));
      }
      return weights;
    }
    int chosen = style == null ? 0 : styles.indexOf(style);
    if (chosen < 0) {
      throw Failure.usage("--style must be one of %s, was %s".formatted(styles, style));
    }
    return between(chosen, count);
  }

  /** From 0, the first style alone, to count - 1, the last one. */
  static double[] between(double position, int count) {
    return IntStream.range(0, count)
        .mapToDouble(style -> Math.max(0, 1 - Math.abs(position - style)))
        .toArray();
  }
}
