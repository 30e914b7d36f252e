package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a report says besides its verdict, and which of several verdicts it gives. */
class ReportTest {

  @Test
  void theGravestVerdictIsGiven() {
    List<Verdict> rising =
        List.of(
            new Verdict.Correct(12),
            new Verdict.Kink("x", "[0]", 0, -1, 1, 0, 1, 12),
            new Verdict.Undetermined("x", 2, 1e-3, ""),
            new Verdict.Vacuous(List.of("x")),
            new Verdict.Misbehaved(Verdict.Fault.KERNEL_DIFFERS_FROM_FORMULA, ""),
            new Verdict.Wrong("x", "[0]", 0, 1, 2, 1e-9, 1),
            new Verdict.NotANumber(Verdict.Side.ANALYTIC, "x", "[0]", 0, ""),
            new Verdict.Misbehaved(Verdict.Fault.INPUT_CHANGED, ""));
    for (int i = 0; i < rising.size(); i++) {
      assertEquals(i, rising.get(i).gravity(), rising.get(i)::summary);
    }
  }

  /** sin(a0) + 2·a1 + b0²·b1 + b2, its gradient scaled by one factor per input. */
  private static TensorCheck twoInputs(double a, double b) {
    return GradientCheck.ofArrays(
            x ->
                new double[] {
                  Math.sin(x[0][0]) + 2 * x[0][1] + x[1][0] * x[1][0] * x[1][1] + x[1][2]
                },
            (x, v) ->
                new double[][] {
                  {a * v[0] * Math.cos(x[0][0]), a * 2 * v[0]},
                  {b * 2 * x[1][0] * x[1][1] * v[0], b * x[1][0] * x[1][0] * v[0], b * v[0]}
                })
        .at(new double[] {0.4, 0.8}, new double[] {1.5, -0.7, 0.3})
        .named("a", "b");
  }

  @Test
  void oneLineForEveryInput() {
    Report report = twoInputs(1, 1).directions(3).everyElement().report();
    assertEquals(2, report.lines().size());
    Report.Line a = report.lines().get(0);
    Report.Line b = report.lines().get(1);
    assertEquals(
        List.of(1, "a", 2, 5, "agrees"),
        List.of(a.order(), a.input(), a.size(), a.tried(), a.outcome()));
    assertEquals(
        List.of(1, "b", 3, 6, "agrees"),
        List.of(b.order(), b.input(), b.size(), b.tried(), b.outcome()));
    double digits = ((Verdict.Correct) report.verdict()).digits();
    assertEquals(digits, Math.min(a.digits(), b.digits()));
    assertTrue(digits > 10, report::toString);
    assertTrue(report.seconds() > 0);
  }

  @Test
  void theLargestOfSeveralMistakesIsGivenAndDrawn() {
    for (boolean first : new boolean[] {true, false}) {
      Report report = twoInputs(first ? 1.1 : 1.001, first ? 1.001 : 1.1).report();
      Verdict.Wrong wrong = assertInstanceOf(Verdict.Wrong.class, report.verdict());
      assertEquals(first ? "a" : "b", wrong.input());
      assertEquals(
          List.of("wrong", "wrong"), report.lines().stream().map(Report.Line::outcome).toList());
      assertTrue(report.worst().extrapolated() > 0.01, report::toString);
      assertEquals(first ? 1.0 : 3.0, report.lines().get(0).digits(), 0.7, report::toString);
    }
  }

  @Test
  void inputsThatDoNotMatterAndKinksHaveTheirLines() {
    Report report =
        GradientCheck.ofArrays(
                x -> new double[] {Math.abs(x[0][0])}, (x, v) -> new double[][] {{0}, {0}})
            .at(new double[] {0}, new double[] {1})
            .report();
    assertEquals(
        List.of("kink", "flat"), report.lines().stream().map(Report.Line::outcome).toList());
    assertEquals(1, report.lines().get(0).tried());
  }

  /** The only element of an input is moved in a random direction, up or down. */
  @Test
  void leftIsLeftInEveryDirection() {
    for (long seed = 0; seed < 12; seed++) {
      Report report =
          GradientCheck.of(x -> Math.max(x[0], -3 * x[0]), x -> new double[] {-3})
              .at(new double[] {0})
              .seed(seed)
              .report();
      Verdict.Kink kink = assertInstanceOf(Verdict.Kink.class, report.verdict());
      assertEquals(-3, kink.left(), 1e-9);
      assertEquals(1, kink.right(), 1e-9);
      assertEquals(-3, kink.analytic());
    }
  }

  @Test
  void errorsAreThoseOfTheElementWhateverItsScale() {
    for (double unit : new double[] {1e-6, 1, 1e6}) {
      Report report =
          GradientCheck.of(
                  x -> Math.exp(x[0] / unit),
                  x -> new double[] {1.5 * Math.exp(x[0] / unit) / unit})
              .at(new double[] {0.5 * unit})
              .report();
      Verdict.Wrong wrong = assertInstanceOf(Verdict.Wrong.class, report.verdict());
      double truth = Math.exp(0.5) / unit;
      assertEquals(truth, wrong.numeric(), wrong.errorEstimate());
      assertTrue(wrong.errorEstimate() < 1e-8 * truth, report::toString);
    }
  }

  @Test
  void theElementThatIsLeftOpenIsNamed() {
    Verdict verdict =
        GradientCheck.of(x -> 1e17 + Math.sin(x[0]), x -> new double[] {Math.cos(x[0])})
            .at(new double[] {0.5})
            .report()
            .verdict();
    assertEquals("x[0]", assertInstanceOf(Verdict.Undetermined.class, verdict).input());
  }
}
