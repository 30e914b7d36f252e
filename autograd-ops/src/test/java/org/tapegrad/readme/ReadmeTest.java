package org.tapegrad.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every Java snippet of the README is a program, and prints what stands below it. */
class ReadmeTest {
  private static final Pattern SNIPPET =
      Pattern.compile(
          "```java\\n(.*?)```\\n(?:(?:(?!```)[^#])*?```text\\n(.*?)```)?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  @TempDir Path folder;

  private static Matcher snippets() throws IOException {
    return SNIPPET.matcher(Files.readString(Path.of("..", "README.md")));
  }

  @Test
  void noSnippetIsMissed() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    assertEquals(readme.split("```java", -1).length - 1, snippets().results().count());
    assertTrue(snippets().results().count() >= 5);
  }

  @TestFactory
  Stream<DynamicTest> snippetsRunAndPrintWhatTheReadmeSays() throws IOException {
    return snippets()
        .results()
        .map(
            m -> {
              Matcher name = NAME.matcher(m.group(1));
              assertTrue(name.find(), m.group(1));
              return DynamicTest.dynamicTest(
                  name.group(1),
                  () -> {
                    String printed = run(name.group(1), m.group(1));
                    assertEquals(
                        m.group(2) == null ? "" : m.group(2).stripTrailing(),
                        printed.stripTrailing());
                  });
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
