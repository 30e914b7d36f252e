package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Weights that are not part of the project; a test that needs them is skipped without them. */
final class Features {
  private static final String NAME = "squeezenet1_1-features.safetensors";

  private Features() {}

  /** SqueezeNet 1.1, in shared/data beside the checkout. */
  static Path squeezeNet() {
    Path file = Path.of("../../../shared/data", NAME).toAbsolutePath().normalize();
    assumeTrue(Files.exists(file), "skipped: " + file + " is not there");
    return file;
  }
}
