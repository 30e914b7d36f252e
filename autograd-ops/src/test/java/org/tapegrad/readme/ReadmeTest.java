package org.tapegrad.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java snippet of the READMEs is a program, and prints what stands below it. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern SNIPPET =
      Pattern.compile(
          "```java\\n(.*?)```\\n(?:(?:(?!```)[^#])*?```text\\n(.*?)```)?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  @TempDir Path folder;

  /** All pages at the top, in the modules and in the examples. */
  private static List<Path> pages() {
    return Stream.of(Stream.of(ROOT), in(ROOT), in(ROOT.resolve("examples")))
        .flatMap(folders -> folders)
        .filter(Files::isDirectory)
        .flatMap(ReadmeTest::in)
        .filter(file -> file.toString().endsWith(".md"))
        .toList();
  }

  private static Stream<Path> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void noSnippetIsMissed() {
    long found = pages().stream().flatMap(p -> SNIPPET.matcher(text(p)).results()).count();
    int all = pages().stream().mapToInt(p -> text(p).split("```java", -1).length - 1).sum();
    assertEquals(all, found);
    assertTrue(found >= 7, found + " snippets on " + pages());
  }

  @Test
  void theFirstPageIsShort() {
    List<String> lines = text(ROOT.resolve("README.md")).lines().toList();
    assertTrue(lines.size() <= 200, lines.size() + " lines");
    lines.forEach(line -> assertTrue(line.length() <= 120, line));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) {
    Pattern.compile("\\]\\((?!http)([^)#]*)(?:#([^)]*))?\\)")
        .matcher(text(page))
        .results()
        .forEach(
            m -> {
              Path target =
                  m.group(1).isEmpty() ? page : page.resolveSibling(m.group(1)).normalize();
              assertTrue(Files.exists(target), m.group());
              assertTrue(m.group(2) == null || anchors(target).contains(m.group(2)), m.group());
            });
  }

  /** The names of a page's headings in links. */
  private static List<String> anchors(Path page) {
    return text(page)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\w -]", "").replace(' ', '-'))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> snippetsRunAndPrintWhatThePageSays() {
    return pages().stream()
        .flatMap(page -> SNIPPET.matcher(text(page)).results().map(m -> snippet(page, m)));
  }

  private DynamicTest snippet(Path page, MatchResult m) {
    Matcher name = NAME.matcher(m.group(1));
    assertTrue(name.find(), m.group(1));
    return DynamicTest.dynamicTest(
        page + ", " + name.group(1),
        () -> {
          String printed = run(name.group(1), m.group(1));
          assertEquals(
              m.group(2) == null ? "" : m.group(2).stripTrailing(), printed.stripTrailing());
        });
  }

  private String run(String name, String source) throws Exception {
    Path file = Files.writeString(folder.resolve(name + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler
                    .getStandardFileManager(null, null, StandardCharsets.UTF_8)
                    .getJavaFileObjects(file))
            .call();
    assertTrue(compiled, messages.toString());
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setProperty("stdout.encoding", "UTF-8");
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) null);
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
