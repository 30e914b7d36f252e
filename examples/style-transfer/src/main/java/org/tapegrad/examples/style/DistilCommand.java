package org.tapegrad.examples.style;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Teaches a small network to see, for {@code --features}, from SqueezeNet. */
@Command(
    name = "distil",
    description =
        "Teaches a small network to see what SqueezeNet 1.1 sees, from the bundled pictures and drawn"
            + " textures; it is for --features of train and optimize.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class DistilCommand implements Callable<Integer> {
  /** The side of the pictures: small, and the deepest layer still sees 11x11 places. */
  private static final int SIZE = 95;

  /** Updates between two files of what is learnt so far. */
  private static final int KEPT_EVERY = 250;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      required = true,
      description = "SqueezeNet 1.1")
  private Path features;

  @Option(
      names = "--without",
      paramLabel = "PAINTING",
      description = "a bundled painting to keep out of it, to measure with")
  private List<String> without = List.of();

  @Option(names = "--steps", paramLabel = "N", description = "updates of the network")
  private int steps = 4000;

  @Option(names = "--seed", paramLabel = "N", description = "decides on everything random")
  private long seed = 1;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "where to write it")
  private Path out;

  @Override
  public Integer call() {
    if (steps < 1) {
      throw Failure.usage("--steps must be at least 1, was " + steps);
    }
    if (!Painting.bundled().containsAll(without)) {
      throw Failure.usage("--without must be of " + Painting.bundled() + ", was " + without);
    }
    if (out.toAbsolutePath().normalize().equals(features.toAbsolutePath().normalize())) {
      throw Failure.usage(out + " would be overwritten; give --out another name");
    }
    FeatureNetwork teacher = FeatureNetwork.read(features);
    Distillation distillation =
        new Distillation(teacher, Looks.bundled(SIZE, without), steps, seed);
    Map<String, String> card =
        Map.of(
            "distilled from", "SqueezeNet 1.1 " + teacher.fingerprint(),
            "--without", String.join(" ", without),
            "--steps", String.valueOf(steps),
            "--seed", String.valueOf(seed));
    try (Progress progress = new Progress(System.err, 0, steps, Distillation.BATCH)) {
      for (int step = 1; step <= steps; step++) {
        progress.step(distillation.step());
        if (step % KEPT_EVERY == 0 || step == steps) {
          ModelFile.write(distillation.state(), card, out);
        }
      }
    }
    return Failure.NONE;
  }
}
