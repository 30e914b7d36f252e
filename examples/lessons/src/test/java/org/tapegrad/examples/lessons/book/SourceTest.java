package org.tapegrad.examples.lessons.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A lesson's source is cut into text and code; Markdown, Java and curves become HTML. */
class SourceTest {
  private static final String LESSON =
      """
      package p;

      import java.util.List;

      /** Is this it? It is. */
      final class Lesson99It {
        // Members first.

        private static final double HALF = 0.5;

        private Lesson99It() {}

        public static void main(String[] args) {
          // ## Then the program

          for (int i = 0; i < 2; i++) {
            // inside: stays code
          }
          int last = 1;
        }
      }
      """;

  @Test
  void membersThenMain() {
    Source source = Source.of(LESSON);
    assertEquals("Is this it?", source.title());
    assertEquals("It is.", source.summary());
    assertEquals("import java.util.List;", source.imports());
    assertEquals(
        List.of(
            "Members first.",
            "double HALF = 0.5;",
            "## Then the program",
            "for (int i = 0; i < 2; i++) {\n  // inside: stays code\n}\nint last = 1;"),
        source.pieces().stream().map(Piece::content).toList());
    assertEquals(source.pieces().get(3), source.codeAt(19));
    assertEquals(source.pieces().get(1), source.codeAt(9));
  }

  @Test
  void whatIsNoLessonIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Source.of("final class A {\n}\n"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Source.of(LESSON.replace("    int last = 1;\n  }", "  }\n\n  int x;")));
  }

  @Test
  void javaIsColouredAndEscaped() {
    assertEquals(
        "<span class=\"keyword\">int</span> a = <span class=\"number\">1e-5</span> &lt; b ?"
            + " <span class=\"string\">&quot;if //&quot;</span>"
            + " : c; <span class=\"comment\">// new &lt;</span>",
        Html.ofJava("int a = 1e-5 < b ? \"if //\" : c; // new <"));
  }

  @Test
  void htmlInTextIsNotTrusted() {
    assertTrue(Html.ofMarkdown("a <script>").contains("&lt;script&gt;"));
  }

  @Test
  void aPlotHasANameNumbersAndALogarithmicAxisWhereNeeded() {
    Plot plot = new Plot("a < b", "step", "error").curve("c & d", new double[] {1e-9, 1, 1e-3});
    String svg = plot.svg();
    assertTrue(svg.contains("role=\"img\"") && svg.contains("<title>a &lt; b</title>"), svg);
    assertTrue(svg.contains("c &amp; d") && svg.contains(">1e-9<") && svg.contains(">1e0<"), svg);
    assertEquals(
        "error against step\n  c & d: 1.00e-09 at 0.00, 0.00100 at 2.00, between 1.00e-09 and 1.00",
        plot.toString());
  }
}
