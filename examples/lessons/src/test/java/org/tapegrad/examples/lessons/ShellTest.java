package org.tapegrad.examples.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import jdk.jshell.tool.JavaShellToolBuilder;
import org.junit.jupiter.api.Test;

/** The command that starts JShell: imports are made, a tape is printed, explained and opened. */
class ShellTest {
  private static final String TYPED =
      """
      Tape tape = new Tape();
      Tensor x = tape.variable(NdArray.of(-1, -2, 3));
      Tensor y = relu(x).sum();
      System.out.println(tape);
      System.out.println(tape.explain(y));
      TapeExplorer.open(tape.explain(y));
      /exit
      """;

  @Test
  void aTapeIsPrintedExplainedAndOpened() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    JavaShellToolBuilder shell =
        JavaShellToolBuilder.builder()
            .in(new ByteArrayInputStream(TYPED.getBytes(StandardCharsets.UTF_8)), null)
            .out(out)
            .err(out)
            .persistence(new HashMap<>());
    assertEquals(0, Shell.start(shell, List.of(Course.lessons().get(0))));
    String said = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("checked: df/dx = y + 1/x = 5.5, exactly"), said);
    assertTrue(said.contains("v1 = relu(v0) : float64[3]"), said);
    assertTrue(said.contains("why v0: v0 receives 0, 0, 1 from v1; 2 of 3 numbers are 0"), said);
    assertTrue(said.matches("(?s).*tape\\d+\\.html.*"), said);
  }
}
