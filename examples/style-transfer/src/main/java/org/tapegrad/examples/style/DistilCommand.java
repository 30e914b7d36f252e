package org.tapegrad.examples.style;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Teaches a small network for {@code train --features} from SqueezeNet. */
@Command(
    name = "distil",
    description =
        "Teaches a small network for train --features to see what SqueezeNet 1.1 sees, by the bundled"
            + " pictures and random textures.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class DistilCommand implements Callable<Integer> {
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
    FeatureNetwork teacher = FeatureNetwork.read(features);
    Distillation distillation = new Distillation(teacher, Looks.bundled(95, without), steps, seed);
    try (Progress progress = new Progress(System.err, 0, steps, 4)) {
      for (int i = 0; i < steps; i++) {
        progress.step(distillation.step());
        if ((i + 1) % 250 == 0) {
          ModelFile.write(distillation.state(), Map.of(), out);
        }
      }
    }
    Map<String, String> card =
        Map.of(
            "distilled from", "SqueezeNet 1.1 " + teacher.fingerprint(),
            "steps", String.valueOf(steps),
            "seed", String.valueOf(seed));
    ModelFile.write(distillation.state(), card, out);
    return Failure.NONE;
  }
}
