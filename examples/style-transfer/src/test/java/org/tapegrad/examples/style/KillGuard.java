package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.examples.style.FaultyFileSystem.Fault;
import org.tapegrad.examples.style.FaultyFileSystem.Killed;
import org.tapegrad.io.Safetensors;

/**
 * The commands are killed at every call to the file system, each of which also fails once, and from
 * each of which on the disk is full: no file is torn, none is lost, and the next start mends the
 * rest.
 */
class KillGuard {
  private static final int NEVER = Integer.MAX_VALUE;

  /** More calls than the first file of a training takes, which is a small picture. */
  private static final int FIRST_FILE = 20;

  private final PrintStream terminal = System.err;

  @TempDir Path folder;
  private Path out;
  private int runs;

  /**
   * What a run came to: an exit code, or none if it was killed, what it said of errors, and after
   * how many calls it first said anything else.
   */
  private record Outcome(Integer exitCode, String errors, int callsUntilTold, boolean reached) {}

  @BeforeEach
  void pictures() throws IOException {
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    out = folder.resolve("out");
    Files.createDirectories(folder.resolve("in"));
    PictureFiles.write(TestPictures.waves(52, 56), folder.resolve("painting.png"));
    PictureFiles.write(TestPictures.waves(20, 17), folder.resolve("photograph.png"));
    PictureFiles.write(TestPictures.waves(18, 16), folder.resolve("in/a.png"));
    PictureFiles.write(TestPictures.waves(16, 19), folder.resolve("in/b.jpg"));
    TestModels.write(folder.resolve("model.safetensors"));
  }

  @AfterEach
  void terminal() {
    System.setErr(terminal);
  }

  private Outcome run(Fault fault, int call, String... words) {
    runs++;
    FaultyFileSystem files = new FaultyFileSystem(fault, call);
    StringWriter errors = new StringWriter();
    AtomicInteger callsUntilTold = new AtomicInteger(-1);
    StringWriter told =
        new StringWriter() {
          @Override
          public void flush() {
            callsUntilTold.compareAndSet(-1, files.calls());
          }
        };
    Integer exitCode = null;
    try {
      exitCode =
          StyleTransfer.commandLine()
              .registerConverter(Path.class, files::getPath)
              .setOut(new PrintWriter(told))
              .setErr(new PrintWriter(errors, true))
              .execute(words);
    } catch (Killed e) {
      assertEquals(Fault.KILL, fault);
    }
    if (fault == Fault.KILL && files.isReached()) {
      exitCode = null; // also where the kill came while a failure was on its way
    }
    return new Outcome(exitCode, errors.toString(), callsUntilTold.get(), files.isReached());
  }

  private String[] train(String... more) {
    List<String> words = new ArrayList<>(List.of("train", "--size", "52", "--steps", "1"));
    words.addAll(List.of("--style", folder.resolve("painting.png").toString()));
    words.addAll(List.of("--content", folder.resolve("painting.png").toString()));
    words.addAll(List.of("--photo", folder.resolve("photograph.png").toString()));
    words.addAll(List.of("--out", out.resolve("model.safetensors").toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private String[] apply(String in) {
    Path model = folder.resolve("model.safetensors");
    return new String[] {
      "apply", "--model", model.toString(), folder.resolve(in).toString(), out.toString()
    };
  }

  /** Name to bytes of all files in a folder, without those that are only there while it is used. */
  private static Map<String, byte[]> files(Path folder) {
    Map<String, byte[]> files = new TreeMap<>();
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.list(folder)) {
        for (Path file : all.toList()) {
          files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static boolean isTemporary(String name) {
    return name.endsWith(".part") || name.endsWith(".lock");
  }

  private void restore(Map<String, byte[]> before) throws IOException {
    if (Files.exists(out)) {
      try (Stream<Path> all = Files.walk(out)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    for (Map.Entry<String, byte[]> file : before.entrySet()) {
      Files.createDirectories(out);
      Files.write(out.resolve(file.getKey()), file.getValue());
    }
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> was, String at) {
    assertEquals(expected.keySet(), was.keySet(), at);
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, was.get(name), name + at));
  }

  /** Every file that is not temporary can be read to its end. */
  private void assertWhole(String at) {
    files(out)
        .forEach(
            (name, bytes) -> {
              Path file = out.resolve(name);
              try {
                if (name.endsWith(".safetensors")) {
                  Safetensors.read(file);
                } else if (!isTemporary(name)) {
                  TestPictures.read(file);
                }
              } catch (IOException | Failure e) {
                throw new AssertionError(name + at, e);
              }
            });
  }

  private static boolean contains(Map<String, byte[]> files, byte[] content) {
    return files.values().stream().anyMatch(bytes -> Arrays.equals(bytes, content));
  }

  /**
   * One line and an exit code, nothing unforeseen, and a temporary file only where it cannot be
   * removed.
   */
  private void assertReported(Outcome outcome, String at) {
    assertTrue(outcome.errors.lines().allMatch(line -> line.length() < 500), outcome.errors + at);
    assertTrue(!outcome.errors.contains("unforeseen"), outcome.errors + at);
    assertTrue(outcome.exitCode <= Failure.MODEL, outcome.exitCode + at);
    assertEquals(outcome.exitCode == Failure.NONE, !outcome.errors.contains("error: "), at);
  }

  private void everywhere(Fault fault, Map<String, byte[]> before, String[] command, Check check)
      throws IOException {
    everywhere(fault, before, command, NEVER, check);
  }

  /**
   * Runs a command with a fault at its first call, its second, ... to the last, as long as it makes
   * so many.
   */
  private void everywhere(
      Fault fault, Map<String, byte[]> before, String[] command, int last, Check check)
      throws IOException {
    int begun = runs;
    int call = 0;
    boolean reached = true;
    while (reached && call < last) {
      call++;
      restore(before);
      Outcome outcome = run(fault, call, command);
      reached = outcome.reached;
      String at = ", %s at call %d of %s".formatted(fault, call, String.join(" ", command));
      assertWhole(at);
      if (reached) {
        assertEquals(fault == Fault.KILL, outcome.exitCode == null, at);
      }
      if (outcome.exitCode != null) {
        assertReported(outcome, at);
      }
      check.of(outcome, at);
    }
    terminal.printf(
        "%s at each of %d %s of %s: %d runs%n",
        fault,
        reached ? call : call - 1,
        fault == Fault.FULL ? "writes" : "file calls",
        command[0],
        runs - begun);
  }

  private interface Check {
    void of(Outcome outcome, String at) throws IOException;
  }

  /** Where a training stopped, --resume ends bit for bit as if nothing had been. */
  @Test
  void aTrainingGoesOn() throws IOException {
    run(Fault.KILL, NEVER, train());
    Map<String, byte[]> whole = files(out);
    assertEquals(5, whole.size(), whole.keySet().toString());
    for (Fault fault : Fault.values()) {
      everywhere(
          fault,
          Map.of(),
          train(),
          (outcome, at) -> {
            Outcome next = run(Fault.KILL, NEVER, train("--resume"));
            assertTrue(!next.errors.contains("cannot"), next.errors + at);
            assertSame(whole, files(out), at);
          });
    }
  }

  /**
   * A new training beside an earlier one's files: each of them is there, whatever its name. Faults
   * come until their names are free and the first new file is there; the rest is as above.
   */
  @Test
  void anEarlierTrainingIsKept() throws IOException {
    run(Fault.KILL, NEVER, train("--seed", "5"));
    Map<String, byte[]> earlier = files(out);
    restore(Map.of());
    run(Fault.KILL, NEVER, train());
    Map<String, byte[]> whole = files(out);
    for (Fault fault : Fault.values()) {
      restore(earlier);
      int kept = run(fault, NEVER, train()).callsUntilTold;
      everywhere(
          fault,
          earlier,
          train(),
          kept + FIRST_FILE,
          (outcome, at) -> {
            run(Fault.KILL, NEVER, train());
            Map<String, byte[]> now = files(out);
            earlier.forEach((name, bytes) -> assertTrue(contains(now, bytes), name + at));
            now.keySet().retainAll(whole.keySet());
            assertSame(whole, now, at);
          });
    }
  }

  /** Pictures that are there are the earlier ones or the new ones, and nothing else is. */
  @Test
  void picturesAreReplacedWhole() throws IOException {
    Files.createDirectories(out);
    PictureFiles.write(TestPictures.waves(40, 40), out.resolve("a.png"));
    PictureFiles.write(TestPictures.waves(30, 30), out.resolve("mine.png"));
    Map<String, byte[]> before = files(out);
    run(Fault.KILL, NEVER, apply("in"));
    Map<String, byte[]> after = files(out);
    assertEquals(List.of("a.png", "b.png", "mine.png"), List.copyOf(after.keySet()));
    for (Fault fault : Fault.values()) {
      everywhere(
          fault,
          before,
          apply("in"),
          (outcome, at) -> {
            Map<String, byte[]> now = files(out);
            assertArrayEquals(before.get("mine.png"), now.get("mine.png"), at);
            assertTrue(
                Arrays.equals(before.get("a.png"), now.get("a.png"))
                    || Arrays.equals(after.get("a.png"), now.get("a.png")),
                at);
            assertEquals(0, run(Fault.KILL, NEVER, apply("in")).exitCode, at);
            assertSame(after, files(out), at);
          });
    }
  }
}
