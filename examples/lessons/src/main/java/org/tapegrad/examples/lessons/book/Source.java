package org.tapegrad.examples.lessons.book;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lesson's source. The class has a javadoc of a title and a summary, and members of which main is
 * the last. Comments that stand as far out as the members or as main's statements are the text, in
 * Markdown; the rest is code.
 *
 * @param imports the import declarations
 * @param pieces text and code of the members, then of main, in order
 * @param lines the whole file
 */
public record Source(
    String title, String summary, String imports, List<Piece> pieces, List<String> lines) {
  private static final Pattern HEAD =
      Pattern.compile("/\\*\\*(.*?)\\*/\\s*(?:public )?final class \\w+ \\{\\n", Pattern.DOTALL);
  private static final Pattern TITLE = Pattern.compile("([^.?]*\\??)\\.? (.*)");
  private static final String MAIN = "  public static void main(String[] args)";

  /** What a member of a class says and one of a script or a notebook does not. */
  private static final Pattern MODIFIERS =
      Pattern.compile("(?m)^(?:(?:public|private|static|final) )+");

  static Source of(Class<?> type) {
    String file = type.getSimpleName() + ".java";
    try (InputStream in = type.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the source " + file + " is not beside its class");
      }
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Source of(String text) {
    Matcher head = HEAD.matcher(text);
    if (!head.find()) {
      throw new IllegalArgumentException("a lesson is a final class with a javadoc");
    }
    String javadoc = head.group(1).replaceAll("(?m)^ *\\*? ?", "").replaceAll("\\s+", " ").strip();
    Matcher title = TITLE.matcher(javadoc);
    if (!title.matches()) {
      throw new IllegalArgumentException("the javadoc has no title and summary: " + javadoc);
    }
    List<String> lines = text.lines().toList();
    int first = (int) text.substring(0, head.end()).lines().count();
    int main = first;
    while (!lines.get(main).startsWith(MAIN)) {
      main++;
    }
    int end = main;
    while (!lines.get(end).equals("  }")) {
      end++;
    }
    if (lines.size() != end + 2) {
      throw new IllegalArgumentException("main is not the last member of " + title.group(1));
    }
    List<Piece> pieces = new ArrayList<>(cut(lines, first, main, 2));
    pieces.addAll(cut(lines, main + 1, end, 4));
    String imports =
        String.join("\n", lines.stream().filter(line -> line.startsWith("import ")).toList());
    return new Source(title.group(1), title.group(2), imports, List.copyOf(pieces), lines);
  }

  private static List<Piece> cut(List<String> lines, int from, int to, int indentation) {
    List<Piece> pieces = new ArrayList<>();
    String comment = " ".repeat(indentation) + "//";
    int start = from;
    for (int i = from; i <= to; i++) {
      boolean isText = lines.get(start).startsWith(comment);
      if (i == to || lines.get(i).startsWith(comment) != isText) {
        String content = outdented(lines.subList(start, i), isText ? indentation + 3 : indentation);
        String shown = indentation == 2 && !isText ? withoutClass(content) : content;
        if (!shown.isBlank()) {
          pieces.add(new Piece(isText, shown, i));
        }
        start = i;
      }
    }
    return pieces;
  }

  private static String outdented(List<String> lines, int columns) {
    List<String> out = lines.stream().map(l -> l.substring(Math.min(columns, l.length()))).toList();
    return String.join("\n", out).replaceAll("^\\n+", "").stripTrailing();
  }

  private static String withoutClass(String members) {
    String code = MODIFIERS.matcher(members).replaceAll("");
    return code.replaceAll("(?m)^Lesson\\w+\\(\\) \\{\\}\\n*", "").strip();
  }

  /** The piece of code to which a line of the source belongs. */
  Piece codeAt(int line) {
    return pieces.stream()
        .filter(p -> !p.isText() && p.lastLine() >= line)
        .findFirst()
        .orElseThrow();
  }
}
