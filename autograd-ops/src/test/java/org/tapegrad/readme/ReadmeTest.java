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

  private static Stream<String> pages() {
    return Stream.of("README.md", "autograd-core/README.md", "autograd-ops/README.md");
  }

  private static String text(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }

  /** A page with snippets that is not among the pages would never be run. */
  @Test
  void noSnippetIsMissed() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 4)) {
      List<String> withSnippets =
          files
              .filter(f -> f.getFileName().toString().endsWith(".md"))
              .filter(ReadmeTest::hasSnippets)
              .map(f -> ROOT.relativize(f).toString().replace('\\', '/'))
              .sorted()
              .toList();
      assertEquals(pages().sorted().toList(), withSnippets);
    }
    int snippets = 0;
    for (String page : pages().toList()) {
      int found = (int) SNIPPET.matcher(text(page)).results().count();
      assertEquals(text(page).split("```java", -1).length - 1, found, page);
      snippets += found;
    }
    assertTrue(snippets >= 7, snippets + " snippets");
  }

  private static boolean hasSnippets(Path file) {
    try {
      return Files.readString(file).contains("```java");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theFirstPageIsShort() throws IOException {
    List<String> lines = text("README.md").lines().toList();
    assertTrue(lines.size() <= 200, lines.size() + " lines");
    lines.forEach(line -> assertTrue(line.length() <= 120, line));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadToFiles(String page) throws IOException {
    Path base = ROOT.resolve(page).getParent();
    Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)")
        .matcher(text(page))
        .results()
        .map(m -> base.resolve(m.group(1)))
        .forEach(target -> assertTrue(Files.exists(target), page + " links to " + target));
  }

  @TestFactory
  Stream<DynamicTest> snippetsRunAndPrintWhatThePageSays() {
    return pages().flatMap(this::snippets);
  }

  private Stream<DynamicTest> snippets(String page) {
    try {
      return SNIPPET.matcher(text(page)).results().map(m -> snippet(page, m));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DynamicTest snippet(String page, MatchResult m) {
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
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) null);
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
