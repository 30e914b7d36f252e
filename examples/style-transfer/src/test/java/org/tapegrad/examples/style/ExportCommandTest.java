package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command alone; what the file paints is tested with ONNX Runtime. */
class ExportCommandTest {
  @TempDir Path folder;
  private Path model;
  private Path file;
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void files() {
    model = folder.resolve("model.safetensors");
    file = folder.resolve("made/model.onnx");
    TestModels.write(model, "a", "b");
  }

  private int export(Object... args) {
    return command.execute(args, "export");
  }

  private void assertRefused(int exitCode, String message, Object... args) {
    command.errors.getBuffer().setLength(0);
    assertEquals(exitCode, export(args));
    assertTrue(command.errors.toString().contains(message), command.errors.toString());
    assertEquals(1, command.errors.toString().lines().count(), command.errors.toString());
  }

  @Test
  void theSameModelGivesTheSameFile() throws IOException {
    assertEquals(0, export("--model", model, file), command.errors.toString());
    byte[] first = Files.readAllBytes(file);
    assertEquals(0, export("--model", model, "--style", "a", file), command.errors.toString());
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(file)));
    assertEquals(0, export("--model", model, "--style", "b", file), command.errors.toString());
    assertTrue(Arrays.mismatch(first, Files.readAllBytes(file)) > 0);
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void whatCannotBeExportedIsNamed() throws IOException {
    assertRefused(Failure.USAGE, "OUT must end in .onnx, was " + model, model);
    assertRefused(
        Failure.USAGE, "--largest must be from 16 to 8192, was 15", "--largest", 15, file);
    assertRefused(
        Failure.USAGE, "--style must be one of [a, b]", "--model", model, "--style", "c", file);
    assertRefused(
        Failure.USAGE,
        "--style and --style-weights: give one of them",
        "--style",
        "a",
        "--style-weights",
        "1,0",
        file);
    assertRefused(Failure.USAGE, "Unknown options: '--strip'", "--strip", 3, file);
    assertRefused(Failure.FILE, "no such file", "--model", folder.resolve("none"), file);
    Path damaged = Files.writeString(folder.resolve("damaged.safetensors"), "damaged");
    assertRefused(Failure.MODEL, "not a model", "--model", damaged, file);
    assertRefused(Failure.FILE, "cannot be written", model.resolve("x.onnx"));
    assertTrue(Files.notExists(file));
  }

  @Test
  void aFullDiskIsNamed() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    Path link = Files.createSymbolicLink(folder.resolve("full.onnx"), full);
    assertRefused(Failure.FILE, "cannot be written: the disk is full", link);
  }
}
