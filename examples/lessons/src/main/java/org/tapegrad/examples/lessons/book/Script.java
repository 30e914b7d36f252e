package org.tapegrad.examples.lessons.book;

/** A lesson as a script for JShell: its imports and pieces, text as comments. */
public final class Script {
  private Script() {}

  /** The script. */
  public static String of(Lesson lesson) {
    Source source = lesson.source();
    StringBuilder script = new StringBuilder();
    script.append(comment("%d. %s".formatted(lesson.number(), source.title())));
    script.append(
        comment("jshell --class-path \"$(cat class-path.txt)\" " + lesson.file() + ".jsh"));
    script.append("\n").append(source.imports()).append("\n");
    for (Piece piece : source.pieces()) {
      script.append("\n");
      script.append(piece.isText() ? comment(piece.content()) : piece.content() + "\n");
    }
    return script.toString();
  }

  private static String comment(String text) {
    return text.replaceAll("(?m)^", "// ").replaceAll("(?m) +$", "") + "\n";
  }
}
