package org.tapegrad.examples.lessons;

import java.awt.Desktop;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.tapegrad.examples.lessons.book.Book;
import org.tapegrad.examples.lessons.book.Lesson;
import org.tapegrad.examples.lessons.book.Run;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs lessons and writes them, with what they computed, as a book. */
@Command(
    name = "lessons",
    description = "Runs the lessons and writes a book of what they say, print and show.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:a claim of a lesson does not hold",
      "2:wrong command line",
      "3:the book cannot be written or opened"
    })
public final class Lessons implements Callable<Integer> {
  @Parameters(
      paramLabel = "LESSON",
      arity = "0..*",
      description = "Names or numbers of lessons (default: all).")
  private List<String> names = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "lessons-out",
      description = "Where the book is written (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(names = "--open", description = "Open the book in the browser.")
  private boolean open;

  @Option(
      names = "--jshell",
      description = "Start JShell with Tapegrad, after the script of a lesson if one is named.")
  private boolean jshell;

  @Spec private CommandSpec spec;

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Lessons())
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command))
        .setParameterExceptionHandler((e, args) -> misused(e));
  }

  @Override
  public Integer call() throws Exception {
    List<Lesson> chosen =
        names.isEmpty() ? Course.lessons() : names.stream().map(this::named).toList();
    if (jshell) {
      return Shell.start(names.isEmpty() ? List.of() : chosen);
    }
    Book book = new Book(folder, Course.lessons(), chosen);
    Path page = folder.resolve(Book.FIRST_PAGE);
    for (Lesson lesson : chosen) {
      System.out.printf("%n%d. %s%n", lesson.number(), lesson.source().title());
      Path written = book.write(Run.of(lesson, System.out));
      page = chosen.size() == 1 ? written : page;
    }
    System.out.printf("%nwritten: %s%n", page);
    if (open) {
      browse(page);
    }
    return 0;
  }

  private Lesson named(String name) {
    return Course.find(name)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "there is no lesson '%s', but %s"
                        .formatted(
                            name,
                            Course.lessons().stream()
                                .map(Lesson::name)
                                .collect(Collectors.joining(", ")))));
  }

  private static void browse(Path page) throws IOException {
    if (!Desktop.isDesktopSupported() || !Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
      throw new IOException("no browser can be opened from here");
    }
    Desktop.getDesktop().browse(page.toUri());
  }

  static int failed(Exception e, CommandLine command) {
    boolean file = e instanceof IOException || e instanceof UncheckedIOException;
    String message = e instanceof FileSystemException f ? cannotWrite(f) : e.getMessage();
    command.getErr().println("error: " + (message == null ? e : message.lines().toList().get(0)));
    return file ? 3 : 1;
  }

  private static String cannotWrite(FileSystemException e) {
    String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    return "%s cannot be written (%s)".formatted(e.getFile(), reason);
  }

  private static int misused(ParameterException e) {
    String what = e.getMessage().lines().findFirst().orElse("wrong command line");
    e.getCommandLine().getErr().println("error: %s (see --help)".formatted(what));
    return CommandLine.ExitCode.USAGE;
  }
}
