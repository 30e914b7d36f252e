package org.tapegrad.examples.style;

import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** {@link StyleChoice}, and many mixtures side by side. */
final class StripChoice extends StyleChoice {
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
    if (given() + (strip == null ? 0 : 1) > 1) {
      throw Failure.usage("--style, --style-weights and --strip: give one of them");
    }
    if (strip == null) {
      return List.of(mixture(styles));
    }
    if (strip < 2 || count < 2) {
      throw Failure.usage(
          "--strip needs 2 pictures and 2 styles at least, was %d of %d".formatted(strip, count));
    }
    return IntStream.range(0, strip)
        .mapToObj(i -> between(i * (count - 1.0) / (strip - 1), count))
        .toList();
  }
}
