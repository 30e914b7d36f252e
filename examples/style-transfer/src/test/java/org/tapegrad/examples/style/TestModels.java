package org.tapegrad.examples.style;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Networks that nobody trained. */
final class TestModels {
  private TestModels() {}

  static void write(Path file, String... styles) {
    List<String> names = styles.length == 0 ? List.of("a") : List.of(styles);
    ModelFile.write(new TransformerNetwork(1, names), Map.of(), file);
  }
}
