package org.tapegrad.examples.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.examples.benchmarks.Interleaved.Timing;

class StoredRunTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 17, "plain");

  @TempDir Path folder;

  private static StoredRun.Row row(String group, String name, double ours, double copy) {
    return new StoredRun.Row(
        "float32",
        group,
        name,
        Map.of("tapegrad", new Timing(ours, 0.01), "copy", new Timing(copy, 0.02)));
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    StoredRun run = new StoredRun(MACHINE, "abc", List.of(row("conv2d", "1x1", 1e-3, 2e-4)));
    Path file = folder.resolve("run.json");
    run.write(file);
    assertEquals(run, StoredRun.read(file));
  }

  @Test
  void groupsAreComparedByGeometricMeans() {
    StoredRun then =
        new StoredRun(
            MACHINE,
            "abc",
            List.of(
                row("conv2d", "small", 2, 1),
                row("conv2d", "large", 8, 1),
                row("gone", "x", 1, 1)));
    StoredRun now =
        new StoredRun(
            MACHINE,
            "def",
            List.of(
                row("conv2d", "small", 1, 2), row("conv2d", "large", 9, 2), row("new", "x", 1, 1)));
    List<String> lines = now.comparedWith(then);
    assertEquals(1, lines.size());
    assertTrue(
        lines
            .get(0)
            .matches("float32 conv2d +time now/then 0.75 \\(most 1.1., large\\), others 2.00"),
        lines.get(0)); // sqrt(1/2 · 9/8)
  }

  @Test
  void otherMachinesAreRefused() {
    StoredRun run = new StoredRun(MACHINE, "abc", List.of());
    run.requireMachine(MACHINE);
    Machine other = new Machine("a processor", 4, 17, "plain");
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> run.requireMachine(other));
    assertEquals(
        "the earlier run is of another machine: a processor, 2 threads, JDK 17, kernels: plain,"
            + " this is a processor, 4 threads, JDK 17, kernels: plain",
        refused.getMessage());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve("x");
    for (String content : List.of("", "{", "[]", "{}", "null", "{\"rows\":[]}", "{\"x\":1}")) {
      Files.writeString(file, content);
      Exception refused = assertThrows(IOException.class, () -> StoredRun.read(file), content);
      assertTrue(
          refused.getMessage().startsWith(file + ": not a run of the benchmarks: "),
          refused.getMessage());
    }
  }
}
