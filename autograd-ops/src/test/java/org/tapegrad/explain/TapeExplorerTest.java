package org.tapegrad.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Explanation;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class TapeExplorerTest {
  @TempDir private Path folder;

  private static Explanation firstExample() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.of(new double[] {1, 2, 4, 9}, 1, 1, 2, 2));
    Tensor gamma = tape.variable(NdArray.of(new double[] {2}, 1));
    Tensor wanted = tape.constant(NdArray.of(new double[] {0, 0, 1, 1}, 1, 1, 2, 2));
    return tape.explain(instanceNorm2d(x, gamma, null).minus(wanted).square().mean());
  }

  private String page(Explanation explanation) throws IOException {
    Path file = folder.resolve("tape.html");
    TapeExplorer.write(explanation, file);
    return Files.readString(file);
  }

  @Test
  void thePageOfTheFirstExampleIsSmallAndNeedsNothingElse() throws IOException {
    String page = page(firstExample());
    int size = page.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(size < 40_000, size + " bytes");
    assertFalse(page.contains("{{"), page);
    for (String part : List.of(page, TapeExplorer.script())) {
      assertFalse(part.matches("(?s).*(https?://|src=|href=|@import|fetch\\().*"), part);
    }
  }

  @Test
  void textOfTheProgramIsEscaped() throws IOException {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(1));
    Tensor y = Tape.record("</script><b>", x.value(), Pullback.wrt(x, (out, g) -> g));
    assertFalse(page(tape.explain(y)).contains("</script><b>"));
    assertTrue(page(tape.explain(y)).contains("\\u003c/script>\\u003cb>"));
  }

  @Test
  void arraysOver64ElementsAreSummarisedUnlessAsked() throws IOException {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.full(DType.FLOAT64, 0.123, 65));
    Explanation explanation = tape.explain(x.sum());
    assertFalse(page(explanation).contains("0.123,0.123"));
    assertTrue(page(explanation).contains("\"size\":65,\"zeros\":0,\"notFinite\":0,\"min\":0.123"));
    Path file = folder.resolve("all.html");
    TapeExplorer.write(explanation, file, TapeExplorer.Options.DEFAULT.withMaxElements(65));
    assertTrue(Files.readString(file).contains("0.123,0.123"));
  }

  @Test
  void notebooksGetAFrame() {
    String html = TapeExplorer.html(firstExample());
    assertTrue(html.startsWith("<iframe ") && html.endsWith("\"></iframe>"), html);
    assertEquals(3 * 2 + 2, html.chars().filter(c -> c == '"').count());
  }

  @Test
  void withoutAScreenOpenPrintsWhereThePageIs() throws IOException {
    String before = System.setProperty("java.awt.headless", "true");
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Path file = TapeExplorer.open(firstExample());
      assertEquals(file.toString(), printed.toString(StandardCharsets.UTF_8).strip());
      assertTrue(Files.readString(file).startsWith("<!doctype html>"));
      Files.delete(file);
    } finally {
      System.setOut(out);
      if (before != null) {
        System.setProperty("java.awt.headless", before);
      }
    }
  }
}
