package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.Pullback.wrt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Explanation.Contribution;
import org.tapegrad.Explanation.Line;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/** What an explanation keeps of the walk, and the reasons it gives on prepared tapes. */
class ExplanationTest {
  private final Tape tape = new Tape();

  private static NdArray array(double... values) {
    return NdArray.of(values, values.length);
  }

  private Tensor variable(double... values) {
    return tape.variable(array(values));
  }

  private static void assertWhy(
      Class<? extends Why> kind, OptionalInt line, String summary, Tensor y, Tensor x) {
    Why why = y.tape().explain(y).why(x);
    assertEquals(summary, why.summary());
    assertInstanceOf(kind, why);
    assertEquals(line, why.line());
  }

  private static void assertWhy(
      Class<? extends Why> kind, int line, String summary, Tensor y, Tensor x) {
    assertWhy(kind, OptionalInt.of(line), summary, y, x);
  }

  private static void assertWhy(Class<? extends Why> kind, String summary, Tensor y, Tensor x) {
    assertWhy(kind, OptionalInt.empty(), summary, y, x);
  }

  // What it keeps.

  @Test
  void everyGradientAndContributionIsKept() {
    Tensor x = variable(2);
    Tensor y = variable(5);
    Tensor f = x.log().plus(x.times(y)).sum();
    Explanation e = tape.explain(f);
    assertEquals(f, e.output());
    for (Line line : e.lines()) {
      assertEquals(
          Optional.of(tape.gradient(f, line.output())), e.gradient(line.output()), line.text());
    }
    assertEquals(
        List.of(new Contribution(3, 0, 0, array(5)), new Contribution(2, 0, 0, array(0.5))),
        e.contributions(x));
    assertEquals(List.of(), e.contributions(f));
  }

  @Test
  void theLinesAreThoseOfThePrintedTape() {
    Tensor x = variable(1, 2, 3, 4);
    Tensor y = x.reshape(2, 2).matmul(tape.constant(NdArray.ones(DType.FLOAT64, 2, 2))).sum();
    y.square();
    List<Line> lines = tape.explain(y).lines();
    assertEquals(tape.toString(), String.join("\n", lines.stream().map(Line::text).toList()));
    assertEquals(tape.operations(), lines.stream().map(Line::op).toList());
    Line reshape = lines.get(1);
    assertEquals(1, reshape.number());
    assertEquals(List.of(x), reshape.inputs());
    assertEquals("[2, 2]", Arrays.toString((int[]) reshape.arguments()));
    assertTrue(lines.get(2).inputs().get(1).isConstant());
    assertEquals(Optional.of(lines.get(3)), tape.explain(y).line(y));
    assertEquals(Optional.empty(), tape.explain(y).line(x.detach()));
  }

  @Test
  void anInputThatWasNotGivenIsNull() {
    Tensor x = variable(1);
    Tensor y = Tape.record("op", x.value(), wrt(x, (out, g) -> g), wrt(null, (out, g) -> g));
    assertEquals(Arrays.asList(x, null), tape.explain(y).lines().get(1).inputs());
    assertWhy(Why.Flows.class, "v0 receives 1 from v1", y, x);
  }

  /** The kernel, here told apart from the formula by a factor, and the tape stays as it was. */
  @Test
  void gradientsAreThoseOfTheKernelsAndNothingIsRecorded() {
    Tensor x = variable(3);
    Tensor y =
        Tape.recordFused(
            "op",
            null,
            x.value(),
            (g, needed) -> new NdArray[] {g.times(2)},
            wrt(x, (out, g) -> g));
    Explanation e = tape.explain(y);
    assertEquals(Optional.of(array(2)), e.gradient(x));
    assertEquals(2, tape.size());
    y.square();
    assertEquals(2, e.lines().size());
  }

  @Test
  void whatItReturnsIsTheCallersToChange() {
    Tensor x = variable(3);
    Tensor y = x.plus(1);
    Explanation e = tape.explain(y);
    e.gradient(x).get().set(7, 0);
    e.contributions(x).get(0).gradient().set(7, 0);
    assertEquals(Optional.of(array(1)), e.gradient(x));
    assertEquals(Optional.of(array(1)), e.gradient(y));
    assertEquals(array(1), e.contributions(x).get(0).gradient());
  }

  @Test
  void gradientsOfARandomTapeAreThoseOfGradientBitForBit() {
    SplittableRandom random = new SplittableRandom(1);
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(tape.variable(NdArray.normal(DType.FLOAT32, random, 0, 1, 3, 4)));
    tensors.add(tape.variable(NdArray.normal(DType.FLOAT32, random, 0, 1, 1, 4)));
    while (tensors.size() < 60) {
      Tensor a = tensors.get(random.nextInt(tensors.size()));
      Tensor b = tensors.get(random.nextInt(tensors.size()));
      tensors.add(random.nextBoolean() ? a.times(b) : a.plus(b).sin());
    }
    Tensor y = tensors.get(59).sum();
    Explanation e = tape.explain(y);
    for (Tensor x : tensors) {
      NdArray zeros = x.value().zerosLike(x.shape());
      assertEquals(tape.gradient(y, x), e.gradient(x).orElse(zeros));
      Optional<NdArray> sum =
          e.contributions(x).stream().map(Contribution::gradient).reduce(NdArray::plus);
      assertEquals(
          sum.orElse(zeros), x == tensors.get(59) ? sum.get() : e.gradient(x).orElse(zeros));
    }
  }

  @Test
  void asTextItIsTheTapeWithItsGradientsAndReasons() {
    Tensor x = variable(-1, 2);
    Tensor w = variable(3);
    try (Tape.Scope scope = tape.scope("block")) {
      x = x.maximum(0);
    }
    Tensor y = x.times(x).sum();
    assertEquals(
        """
        v0 = variable : float64[2]
            gradient 0, 4 = 0, 4 from v2
        v1 = variable : float64[1]
        v2 = maximum(v0, 0) : float64[2]  in block
            gradient 0, 4 = 0, 2 from v3; 0, 2 from v3
        v3 = times(v2, v2) : float64[2]
            gradient 1, 1 = 1, 1 from v4
        v4 = sum(v3) : float64[]
            gradient 1
        why v0: v0 receives 0, 4 from v2; 1 of 2 numbers are 0
        why v1: no line uses v1""",
        tape.explain(y).toString());
    assertTrue(tape.explain(y, w).toString().endsWith("    gradient 1\nwhy v1: no line uses v1"));
  }

  // The reasons.

  @Test
  void flows() {
    Tensor x = variable(1, 2);
    Tensor y = x.square().sum();
    assertWhy(Why.Flows.class, "v0 receives 2, 4 from v1", y, x);
    assertWhy(Why.Flows.class, "v2 is the output itself", y, y);
  }

  @Test
  void flowsByManyWays() {
    Tensor x = variable(1);
    Tensor y = x;
    for (int i = 0; i < 9; i++) {
      y = y.plus(x);
    }
    String first =
        "1 from v9 and 1 from v8 and 1 from v7 and 1 from v6 and 1 from v5 and 1 from v4";
    assertWhy(Why.Flows.class, "v0 receives " + first + " and 4 more", y, x);
  }

  /** One way is dead, the other is not. */
  @Test
  void flowsByOneOfTwoWays() {
    Tensor x = variable(-1, -2);
    Tensor y = x.maximum(0).plus(x.times(3)).sum();
    assertWhy(Why.Flows.class, "v0 receives 3, 3 from v2 and 0, 0 from v1", y, x);
  }

  @Test
  void notUsed() {
    Tensor x = variable(1);
    Tensor y = variable(2).square();
    assertWhy(Why.NotUsed.class, "no line uses v0", y, x);
  }

  @Test
  void afterTheLoss() {
    Tensor x = variable(1);
    Tensor y = x.square();
    Tensor later = y.plus(1);
    assertWhy(Why.AfterLoss.class, "v2 was recorded after v1", y, later);
    Explanation e = tape.explain(y);
    assertInstanceOf(Why.AfterLoss.class, e.why(later.square()), "after the explanation, too");
  }

  @Test
  void noPath() {
    Tensor x = variable(1);
    Tensor y = variable(2).square();
    Tensor beside = x.plus(1).exp();
    assertWhy(Why.NoPath.class, 4, "v0 is used only after v2, first in v3 = plus", y, x);
    assertWhy(
        Why.NoPath.class,
        4,
        "nothing leads from v0 to v5, the last line that depends on it is v4 = exp",
        y.sum(),
        x);
    assertEquals(4, tape.explain(y).line(beside).get().number());
  }

  @Test
  void noPathToAConstantOutput() {
    Tensor x = variable(1);
    x.square();
    Tensor y = tape.constant(array(1));
    assertWhy(
        Why.NoPath.class,
        1,
        "nothing leads from v0 to the output, a constant, the last line that depends on it is"
            + " v1 = square",
        y,
        x);
  }

  @Test
  void detached() {
    Tensor x = variable(3);
    Tensor w = variable(2);
    String text = "v3 = times takes a constant that has the array of v2: it is detached there";
    assertWhy(Why.Detached.class, 3, text, w.times(x.square().detach()), x);
    text = "v4 = times takes a constant that has the array of v0: it is detached there";
    assertWhy(Why.Detached.class, 4, text, w.times(tape.constant(x.value())), x);
    text = "the output is a constant that has the array of v2";
    assertWhy(
        Why.Detached.class,
        2,
        text,
        tape.constant(tape.explain(w).lines().get(2).output().value()),
        x);
  }

  @Test
  void detachedOnOneOfTwoWaysFlowsByTheOther() {
    Tensor x = variable(3);
    assertWhy(Why.Flows.class, "v0 receives 3 from v1", x.times(x.detach()), x);
  }

  @Test
  void zeroedByAMaximum() {
    Tensor x = variable(-1, 0.5, -3).minus(1);
    Tensor y = x.maximum(0).times(2).sum();
    assertWhy(
        Why.Zeroed.class,
        2,
        "v2 = maximum received 2, 2, 2 and handed v1 zeros: 3 of 3 numbers are not above 0",
        y,
        tape.explain(y).lines().get(0).output());
  }

  @Test
  void zeroedByAFactor() {
    Tensor x = variable(5);
    Tensor y = x.times(variable(0)).sum();
    String text = "v2 = times received 1 and handed v0 zeros: the other factor is 0";
    assertWhy(Why.Zeroed.class, 2, text, y, x);
    text = "v4 = times received 1 and handed v0 zeros: the other factor is 0";
    assertWhy(Why.Zeroed.class, 4, text, x.times(0), x);
  }

  @Test
  void zeroedWhereTheSlopeIsZero() {
    Tensor x = variable(0, 0);
    assertWhy(
        Why.Zeroed.class,
        1,
        "v1 = square received 1, 1 and handed v0 zeros: its slope is 0 where v0 is 0, 0",
        x.square().sum(),
        x);
  }

  /** Underflow: every slope is 0.02, and after 45 of them nothing is left. */
  @Test
  void zeroedByWhatIsTooSmall() {
    Tensor x = tape.variable(NdArray.of(new float[] {1}, 1));
    Tensor y = x;
    for (int i = 0; i < 45; i++) {
      y = y.times(0.02);
    }
    Why why = tape.explain(y).why(x);
    assertInstanceOf(Why.Zeroed.class, why, why.summary());
    assertTrue(
        why.summary().endsWith("zeros: what is left is too small for float32"), why.summary());
    assertTrue(why.line().getAsInt() < 20, why.summary());
  }

  /** A maximum of many numbers; the slope of a sum of squares is tiny, but not zero. */
  @Test
  void smallIsNotZero() {
    Tensor x = variable(1e-200, 2e-200);
    assertInstanceOf(Why.Flows.class, tape.explain(x.square().sum()).why(x));
  }

  @Test
  void cancels() {
    Tensor x = variable(1);
    String text = "1 from v1 and -1 from v1 meet at v0 and cancel";
    assertWhy(Why.Cancels.class, 0, text, x.minus(x), x);
  }

  @Test
  void cancelsButForRounding() {
    Tensor x = variable(1);
    Tensor y = x.times(0.1).plus(x.times(0.2)).minus(x.times(0.3));
    assertTrue(tape.gradient(y, x).item() != 0);
    assertInstanceOf(Why.Cancels.class, tape.explain(y).why(x));
    Tensor z = x.times(0.1).plus(x.times(0.2)).minus(x.times(0.3000001));
    assertInstanceOf(Why.Flows.class, tape.explain(z).why(x));
  }

  /** The centred plane sums to zero whatever it is; seen from what was computed before it, too. */
  @Test
  void cancelsInAReduction() {
    Tensor x = tape.variable(NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 3, 1, 50));
    Tensor scaled = x.times(7);
    Tensor y = scaled.minus(scaled.meanKeepDims(0)).sum();
    Why why = tape.explain(y).why(x);
    assertInstanceOf(Why.Cancels.class, why);
    assertEquals(OptionalInt.of(1), why.line());
  }

  @Test
  void notFiniteForwards() {
    Tensor x = variable(1, 0);
    Tensor y = x.log().times(0).sum();
    String text = "v1 = log is -Infinity where v0 is 0, 1 of 2 numbers";
    assertWhy(Why.NotFinite.class, 1, text, y, x);
    assertTrue(((Why.NotFinite) tape.explain(y).why(x)).forwards());
  }

  @Test
  void notFiniteFromAConstant() {
    Tensor x = variable(1, 2);
    Tensor y = x.times(tape.constant(array(1, Double.NaN))).sum();
    String text = "v1 = times is NaN where v0 is 2 and a constant is NaN, 1 of 2 numbers";
    assertWhy(Why.NotFinite.class, 1, text, y, x);
  }

  /** 2^-∞ is 0, its slope -∞·0. */
  @Test
  void notFiniteThroughAConstantThoughTheValueIsFinite() {
    Tensor x = variable(2);
    Tensor y = x.pow(tape.constant(array(Double.NEGATIVE_INFINITY)));
    assertEquals(0, y.item());
    String text = "v1 = pow takes a constant that is not finite";
    assertWhy(Why.NotFinite.class, 1, text, y, x);
  }

  /** All values are finite, and so is the loss. */
  @Test
  void notFiniteBackwards() {
    Tensor x = variable(4, 0);
    Tensor y = x.times(1).sqrt().times(tape.constant(array(1, 0))).sum();
    assertEquals(2, y.item());
    assertWhy(
        Why.NotFinite.class,
        2,
        "v2 = sqrt received 1, 0 and handed v1 NaN where it is 0, although all values are finite",
        y,
        x);
  }

  @Test
  void notFiniteWhereContributionsMeet() {
    Tensor x = variable(1e-10);
    Tensor y = x.times(1e308).plus(x.times(1e308));
    String text = "v0 receives 1e308 from v2 and 1e308 from v1, whose sum is not finite";
    assertWhy(Why.NotFinite.class, 0, text, y, x);
  }

  // What is refused.

  @Test
  void whatCannotBeExplainedIsRefused() {
    Tensor x = variable(1, 2);
    Tensor y = x.sum();
    assertThrows(ShapeException.class, () -> tape.explain(x));
    assertThrows(IllegalStateException.class, () -> new Tape().explain(y));
    assertThrows(IllegalArgumentException.class, () -> tape.explain(y, x, null));
    assertThrows(IllegalStateException.class, () -> tape.explain(y, x.detach()));
    Tape inference = Tape.inference();
    Tensor computed = inference.variable(array(1)).exp();
    assertThrows(IllegalStateException.class, () -> inference.explain(computed));

    Explanation e = tape.explain(y);
    Tensor elsewhere = new Tape().variable(array(1));
    for (IllegalStateException refused :
        List.of(
            assertThrows(IllegalStateException.class, () -> e.why(elsewhere)),
            assertThrows(IllegalStateException.class, () -> e.gradient(elsewhere)),
            assertThrows(IllegalStateException.class, () -> e.contributions(elsewhere)))) {
      assertEquals("explain: the tensor float64[1] is on another tape", refused.getMessage());
    }
    assertEquals(
        "explain: the tensor float64[2] is a constant of this tape; make it with"
            + " tape.variable(...)",
        assertThrows(IllegalStateException.class, () -> e.why(x.detach())).getMessage());
    assertEquals(Optional.empty(), e.gradient(x.detach()));
    assertThrows(IllegalArgumentException.class, () -> e.why(null));

    x.value().set(9, 0);
    assertThrows(IllegalStateException.class, () -> tape.explain(y));
    assertInstanceOf(Why.Flows.class, e.why(x), "an explanation needs nothing more");
  }
}
