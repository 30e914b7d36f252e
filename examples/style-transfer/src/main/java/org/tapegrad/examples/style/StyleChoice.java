package org.tapegrad.examples.style;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** The options that say in which of a model's styles, or in which mixture, to paint. */
final class StyleChoice {
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

  @Option(
      names = "--strip",
      paramLabel = "N",
      description =
          "N pictures side by side, evenly from the first of the model's styles to the next and so on"
              + " to the last")
  private Integer strip;

  /**
   * One mixture for every picture that is to be made.
   *
   * @throws Failure if the model lacks the style, or the options contradict it or each other
   */
  List<double[]> mixtures(List<String> styles) {
    int count = styles.size();
    if (IntStream.of(style == null ? 0 : 1, weights == null ? 0 : 1, strip == null ? 0 : 1).sum()
        > 1) {
      throw Failure.usage("--style, --style-weights and --strip: give one of them");
    }
    if (strip != null) {
      if (strip < 2 || count < 2) {
        throw Failure.usage(
            "--strip needs 2 pictures and 2 styles at least, was %d of %d".formatted(strip, count));
      }
      return IntStream.range(0, strip)
          .mapToObj(i -> between(i * (count - 1.0) / (strip - 1), count))
          .toList();
    }
    if (weights != null) {
      if (weights.length != count || !DoubleStream.of(weights).allMatch(Double::isFinite)) {
        throw Failure.usage(
            "--style-weights must be %d numbers, one for each of %s, was %s"
                .formatted(count, styles, Arrays.toString(weights)));
      }
      return List.of(weights);
    }
    int chosen = style == null ? 0 : styles.indexOf(style);
    if (chosen < 0) {
      throw Failure.usage("--style must be one of %s, was %s".formatted(styles, style));
    }
    return List.of(between(chosen, count));
  }

  /** From 0, the first style alone, to count - 1, the last one. */
  private static double[] between(double position, int count) {
    return IntStream.range(0, count)
        .mapToDouble(style -> Math.max(0, 1 - Math.abs(position - style)))
        .toArray();
  }
}
