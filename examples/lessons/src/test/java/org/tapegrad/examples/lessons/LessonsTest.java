package org.tapegrad.examples.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.examples.lessons.book.Book;
import org.tapegrad.examples.lessons.book.Lesson;
import org.tapegrad.examples.lessons.book.Run;

/** Every lesson ends in checks; here they are run, as programs and as scripts, and made a book. */
class LessonsTest {
  private static final Pattern CHECKED = Pattern.compile("(?m)^checked: .*$");
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#:]+)\"");

  @TempDir static Path folder;
  private static final Map<Lesson, Run> RUNS = new HashMap<>();

  @BeforeAll
  static void runAll() throws Exception {
    Book book = new Book(folder, Course.lessons(), Course.lessons());
    for (Lesson lesson : Course.lessons()) {
      Run run = Run.of(lesson, new PrintStream(new ByteArrayOutputStream()));
      book.write(run);
      RUNS.put(lesson, run);
    }
  }

  @Test
  void noneIsMissing() {
    assertEquals(
        "tape sixty plus where zero nan norm differences vacuous twice memory paint",
        String.join(" ", Course.lessons().stream().map(Lesson::name).toList()));
  }

  @TestFactory
  Stream<DynamicTest> everyLessonIsShortAndEndsInChecks() {
    return forEach(
        lesson -> {
          List<String> lines = lesson.source().lines();
          long read =
              lines.stream()
                  .skip(lines.indexOf("final class " + lesson.type().getSimpleName() + " {") - 1)
                  .filter(line -> line.matches(".*\\w.*")) // neither blank nor a brace
                  .count();
          assertTrue(read >= 40 && read <= 120, read + " lines");
          List<String> checks = checks(RUNS.get(lesson).printed());
          assertTrue(checks.size() >= 4, "checks: " + checks);
          String last =
              lines.stream().filter(l -> l.startsWith("    check(")).reduce("", (a, b) -> b);
          assertTrue(lines.lastIndexOf(last) > lines.size() - 15, last);
        });
  }

  @TestFactory
  Stream<DynamicTest> everyScriptChecksTheSameInJShell() {
    return forEach(
        lesson -> {
          String script = Files.readString(folder.resolve("lesson" + lesson.number() + ".jsh"));
          assertEquals(checks(RUNS.get(lesson).printed()), checks(printedInJShell(script)));
        });
  }

  @Test
  void everyLinkOfTheBookLeadsToAFile() throws IOException {
    List<Path> pages;
    try (Stream<Path> files = Files.list(folder)) {
      pages = files.filter(f -> f.toString().matches(".*(index|lesson\\d+)\\.html")).toList();
    }
    assertEquals(13, pages.size());
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        assertTrue(Files.exists(folder.resolve(link.group(1))), page + " links " + link.group(1));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> everyPageHasTextCodeOutputAndNeighbours() {
    return forEach(
        lesson -> {
          String page = Files.readString(folder.resolve("lesson" + lesson.number() + ".html"));
          for (String part :
              List.of("<h1>", "<p>", "class=\"keyword\"", "class=\"output\"", "class=\"check\"")) {
            assertTrue(page.contains(part), part);
          }
          assertEquals(lesson.number() > 1, page.contains("rel=\"prev\""));
          assertEquals(lesson.number() < 12, page.contains("rel=\"next\""));
        });
  }

  @Test
  void tapesAndPlotsAreShown() {
    long tapes = RUNS.values().stream().flatMap(r -> r.exhibits().stream()).count();
    assertTrue(tapes >= 12, tapes + " exhibits");
  }

  private interface Check {
    void of(Lesson lesson) throws Exception;
  }

  private static Stream<DynamicTest> forEach(Check check) {
    return Course.lessons().stream()
        .map(lesson -> DynamicTest.dynamicTest(lesson.name(), () -> check.of(lesson)));
  }

  private static List<String> checks(String printed) {
    return CHECKED.matcher(printed).results().map(r -> r.group()).toList();
  }

  /** Runs a script as the JShell tool does: snippet by snippet, none of which may fail. */
  private static String printedInJShell(String script) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      String rest = script;
      while (!rest.isBlank()) {
        SourceCodeAnalysis.CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
        assertTrue(info.completeness().isComplete(), info.completeness() + ": " + info.remaining());
        for (SnippetEvent event : shell.eval(info.source())) {
          assertTrue(
              event.exception() == null && event.status() != Snippet.Status.REJECTED,
              () -> problem(shell, event));
        }
        rest = info.remaining();
      }
      List<String> undefined =
          new ArrayList<>(
              shell
                  .snippets()
                  .filter(s -> shell.status(s) == Snippet.Status.RECOVERABLE_NOT_DEFINED)
                  .map(Snippet::source)
                  .toList());
      assertEquals(List.of(), undefined);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String problem(JShell shell, SnippetEvent event) {
    return "%s%n%s%n%s"
        .formatted(
            event.snippet().source(),
            event.exception(),
            shell.diagnostics(event.snippet()).map(d -> d.getMessage(null)).toList());
  }
}
