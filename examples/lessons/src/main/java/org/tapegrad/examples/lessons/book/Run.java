package org.tapegrad.examples.lessons.book;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One run of a lesson, in which everything it prints and shows is kept beside its code. */
public final class Run {
  private final Lesson lesson;
  private final Source source;
  private final PrintStream console;
  private final List<Output> outputs = new ArrayList<>();

  private Run(Lesson lesson, PrintStream console) {
    this.lesson = lesson;
    this.source = lesson.source();
    this.console = console;
  }

  /**
   * Runs a lesson.
   *
   * @param console gets what it prints, as it runs
   * @throws Exception what the lesson throws, so if a check does not hold
   */
  public static Run of(Lesson lesson, PrintStream console) throws Exception {
    Run run = new Run(lesson, console);
    PrintStream before = System.out;
    System.setOut(new PrintStream(run.new Printed(), true, StandardCharsets.UTF_8));
    try {
      Blackboard.with(run::show, lesson.program());
    } finally {
      System.setOut(before);
    }
    return run;
  }

  /** The lesson that was run. */
  public Lesson lesson() {
    return lesson;
  }

  Source source() {
    return source;
  }

  /** What a piece printed and showed, in order. */
  List<Output> of(Piece piece) {
    return outputs.stream().filter(o -> o.by() == piece).toList();
  }

  /** All that was printed. */
  public String printed() {
    StringBuilder all = new StringBuilder();
    outputs.stream().filter(o -> o.exhibit() == null).forEach(o -> all.append(o.text()));
    return all.toString();
  }

  /** All that was shown, in order. */
  public List<Exhibit> exhibits() {
    return outputs.stream().filter(o -> o.exhibit() != null).map(Output::exhibit).toList();
  }

  private void show(Exhibit exhibit) {
    console.println("shown: " + exhibit.caption());
    outputs.add(new Output(running(), null, exhibit));
  }

  /** The piece of the lesson's main method that runs now. */
  private Piece running() {
    String type = lesson.type().getName();
    int line =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .filter(f -> f.getClassName().equals(type))
                        .filter(f -> f.getMethodName().equals("main"))
                        .findFirst()
                        .orElseThrow()
                        .getLineNumber());
    return source.codeAt(line);
  }

  private final class Printed extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      console.write(bytes, from, length);
      String text = new String(bytes, from, length, StandardCharsets.UTF_8);
      Piece by = running();
      Output last = outputs.isEmpty() ? null : outputs.get(outputs.size() - 1);
      if (last != null && last.by() == by && last.exhibit() == null) {
        outputs.set(outputs.size() - 1, new Output(by, last.text() + text, null));
      } else {
        outputs.add(new Output(by, text, null));
      }
    }
  }
}
