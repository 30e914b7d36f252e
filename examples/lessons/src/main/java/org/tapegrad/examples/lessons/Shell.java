package org.tapegrad.examples.lessons;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jshell.tool.JavaShellToolBuilder;
import org.tapegrad.examples.lessons.book.Lesson;
import org.tapegrad.examples.lessons.book.Script;

/** JShell with Tapegrad on its class path and the usual imports made. */
final class Shell {
  private Shell() {}

  /** Runs the scripts of lessons in JShell, then what is typed; the exit code is JShell's. */
  static int start(List<Lesson> lessons) throws Exception {
    return start(JavaShellToolBuilder.builder(), lessons);
  }

  static int start(JavaShellToolBuilder builder, List<Lesson> lessons) throws Exception {
    List<Path> files = new ArrayList<>();
    try (InputStream in = Shell.class.getResourceAsStream("imports.jsh")) {
      files.add(temporary("tapegrad", new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      for (Lesson lesson : lessons) {
        files.add(temporary(lesson.name(), Script.of(lesson)));
      }
      List<String> arguments = new ArrayList<>();
      arguments.addAll(List.of("--class-path", System.getProperty("java.class.path")));
      arguments.add("-R--add-modules=jdk.incubator.vector");
      arguments.addAll(List.of("--startup", "DEFAULT", "--startup", files.get(0).toString()));
      files.stream().skip(1).forEach(file -> arguments.add(file.toString()));
      return builder.start(arguments.toArray(String[]::new));
    } finally {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private static Path temporary(String name, String script) throws IOException {
    return Files.writeString(Files.createTempFile(name, ".jsh"), script);
  }
}
