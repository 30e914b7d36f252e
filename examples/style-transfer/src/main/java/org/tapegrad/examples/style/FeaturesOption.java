package org.tapegrad.examples.style;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that says what a loss sees strokes with. */
final class FeaturesOption {
  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "SqueezeNet 1.1, VGG-16 or VGG-19 as safetensors, or what distil has written, to see"
              + " strokes with (default: oriented filters, nothing to be downloaded)")
  private Path file;

  /** Null where it was not given. */
  Path file() {
    return file;
  }

  /** The network in the file, null where none was given. */
  FeatureNetwork network() {
    return file == null ? null : FeatureNetwork.read(file);
  }
}
