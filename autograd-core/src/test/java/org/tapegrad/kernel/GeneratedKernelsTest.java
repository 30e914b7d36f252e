package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A float kernel names the file it was generated from, and its lines are that file's lines. */
class GeneratedKernelsTest {
  private static final Path WRITTEN = Path.of("src", "main", "java", "org", "tapegrad", "kernel");
  private static final Path GENERATED =
      Path.of("target", "generated-sources", "float-kernels", "org", "tapegrad", "kernel");

  static List<String> doubleKernels() throws IOException {
    try (Stream<Path> files = Files.list(WRITTEN)) {
      List<String> names =
          files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith("F64.java")).toList();
      assertTrue(names.size() > 20, names.toString());
      return names;
    }
  }

  @ParameterizedTest
  @MethodSource("doubleKernels")
  void namesItsSourceWithoutMovingALine(String name) throws IOException {
    List<String> written = Files.readAllLines(WRITTEN.resolve(name));
    List<String> generated =
        Files.readAllLines(GENERATED.resolve(name.replace("F64.java", "F32.java")));
    assertEquals(
        written.get(0) + " // from " + name,
        generated.get(0),
        "after a change of the build, generate anew: mvn clean");
    assertEquals(written.size(), generated.size());
    for (int i = 1; i < written.size(); i++) {
      assertEquals(written.get(i).isBlank(), generated.get(i).isBlank(), name + ":" + (i + 1));
    }
  }
}
