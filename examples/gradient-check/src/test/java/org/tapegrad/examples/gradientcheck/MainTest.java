package org.tapegrad.examples.gradientcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.optable.OpCase;
import org.tapegrad.zoo.KillTable;
import org.tapegrad.zoo.MutatedOp.Regime;
import org.tapegrad.zoo.UpsamplingZoo;
import picocli.CommandLine;

class MainTest {
  @TempDir private Path folder;

  private static int run(StringWriter out, String... args) {
    CommandLine command = new CommandLine(new Main());
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(out));
    return command.execute(args);
  }

  @Test
  void printsVerdictsAndKillsAndWritesThePage() throws IOException {
    StringWriter out = new StringWriter();
    Path page = folder.resolve("page.html");
    String[] args = {
      "--ops",
      "instanceNorm2d",
      "--zoo",
      "eps 0.001",
      "--mutant-seeds",
      "1",
      "--correct-seeds",
      "2",
      "--html",
      "" + page
    };
    assertEquals(0, run(out, args), out::toString);
    for (String part :
        List.of("InstanceNorm.instanceNorm2d affine", "Correct", "mean 1e6", "no surprise")) {
      assertTrue(out.toString().contains(part), out.toString());
    }
    String html = Files.readString(page);
    assertTrue(html.contains("<svg") && html.contains("no mean(g) term"));
    assertFalse(html.contains("NaN"));
  }

  /** Without this a file is written into the module's folder, wherever the command was typed. */
  @Test
  void mavenRunsItWhereTheCommandWasTyped() throws IOException {
    String here = "<exec.workingdir>${session.executionRootDirectory}</exec.workingdir>";
    assertTrue(Files.readString(Path.of("pom.xml")).contains(here));
  }

  @Test
  void nothingToCheckAndNonsenseAreErrors() {
    assertEquals(1, run(new StringWriter(), "--ops", "nosuchop", "--zoo", "reflection"));
    assertEquals(1, run(new StringWriter(), "--ops", "negate", "--zoo", "nosuchop"));
    assertEquals(2, run(new StringWriter(), "--mutant-seeds", "0"));
    assertEquals(2, run(new StringWriter(), "--unknown"));
  }

  @Test
  void aWrongOperationIsASurprise() {
    Function<List<Tensor>, Tensor> wrong =
        xs ->
            Tape.record(
                "wrong",
                xs.get(0).value().map(Math::sin),
                Pullback.wrt(xs.get(0), (y, g) -> g.times(y)));
    OpResult result = OpResult.of(OpCase.of("Test.wrong", "", wrong, OpCase.any(2, 3)), 1);
    assertTrue(result.isSurprise());
    assertEquals("Wrong", result.verdict());
    String page = new HtmlPage(List.of(result), List.of(), List.of("wrong")).toString();
    assertTrue(page.contains("Wrong at x["), page);
  }

  @Test
  void aSurvivorAndAnAccusedGradientAreSurprises() {
    KillTable.Row row =
        new KillTable.Row(UpsamplingZoo.op(), Regime.UNIT, new int[12], 1, 1, 0, 1, 0);
    assertEquals(13, new ZooResult(row).surprises().size());
    KillTable.Row far =
        new KillTable.Row(UpsamplingZoo.op(), Regime.FAR, new int[12], 1, 1, 199, 200, 5);
    assertTrue(new ZooResult(far).surprises().isEmpty(), "one in 200 is allowed at mean 1e6");
  }
}
