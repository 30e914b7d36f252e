package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.Pullback.wrt;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Variable;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Gradients of tensor functions: right ones at several orders, and every way of being wrong. */
class TensorCheckTest {
  private static final NdArray X = normal(1, 2, 3);

  private static NdArray normal(long seed, int... shape) {
    return NdArray.normal(DType.FLOAT64, new SplittableRandom(seed), 0, 1, shape);
  }

  private static Tensor instanceNorm(Tensor x, Tensor gamma, Tensor beta) {
    Tensor d = x.minus(x.meanKeepDims(2, 3));
    Tensor r = d.square().meanKeepDims(2, 3).plus(1e-5).pow(-0.5);
    return d.times(r).times(gamma.reshape(1, 3, 1, 1)).plus(beta.reshape(1, 3, 1, 1));
  }

  private static NdArray tanh(Tensor x) {
    return x.value().map(Math::tanh);
  }

  @Test
  void instanceNormIsCorrectToTheThirdOrder() {
    Report report =
        GradientCheck.of(TensorCheckTest::instanceNorm)
            .at(normal(1, 2, 3, 2, 2), normal(2, 3), normal(3, 3))
            .named("x", "gamma", "beta")
            .orders(3)
            .assertCorrect();
    assertEquals(3, report.orders().size());
    assertTrue(((Verdict.Correct) report.verdict()).digits() > 8, report.toString());
  }

  @Test
  void arithmeticOfAllArities() {
    GradientCheck.of(x -> x.exp()).at(X).assertCorrect();
    GradientCheck.of((x, y) -> x.matmul(y)).at(X, normal(2, 3, 4)).assertCorrect();
    GradientCheck.of(x -> x.sum()).at(X).assertCorrect();
    GradientCheck.of((x, y) -> x.maximum(y)).at(X, normal(3, 2, 3)).assertCorrect();
    GradientCheck.ofList(x -> x.get(0).times(x.get(1)).plus(x.get(2)).dividedBy(x.get(3)))
        .at(X, normal(2, 2, 3), normal(3, 3), normal(4, 2, 1))
        .everyElement()
        .assertCorrect();
  }

  @Test
  void theSumOfANormalisedPlaneIsVacuous() {
    Report report =
        GradientCheck.of((x, gamma, beta) -> instanceNorm(x, gamma, beta).sum())
            .at(normal(1, 2, 3, 4, 4), normal(2, 3), normal(3, 3))
            .named("x", "gamma", "beta")
            .report();
    Verdict.Vacuous vacuous =
        assertInstanceOf(Verdict.Vacuous.class, report.verdict(), report::toString);
    assertEquals(List.of("x", "gamma"), vacuous.inputs());
  }

  @Test
  void anOutputDetachedInTheFormulaIsCaughtAtTheSecondOrder() {
    Report report =
        GradientCheck.of(
                x ->
                    Tape.record(
                        "tanh", tanh(x), wrt(x, (y, g) -> g.minus(g.times(y.detach().square())))))
            .at(X)
            .report();
    assertTrue(report.orders().get(0).isCorrect());
    assertInstanceOf(Verdict.Wrong.class, report.orders().get(1));
    assertInstanceOf(Verdict.Wrong.class, report.verdict());
  }

  @Test
  void aCotangentDetachedInTheFormulaIsCaughtAtTheSecondOrder() {
    Report report =
        GradientCheck.of(
                x ->
                    Tape.record(
                        "tanh",
                        tanh(x),
                        wrt(x, (y, g) -> g.detach().minus(g.detach().times(y.square())))))
            .at(X)
            .report();
    assertTrue(report.orders().get(0).isCorrect());
    assertEquals("cotangent", assertInstanceOf(Verdict.Wrong.class, report.verdict()).input());
  }

  @Test
  void aFormulaScaledByTwoDiffersFromTheKernel() {
    Report report =
        GradientCheck.of(
                x ->
                    Tape.recordFused(
                        "tanh",
                        null,
                        tanh(x),
                        (g, needed) -> new NdArray[] {g.minus(g.times(tanh(x)).times(tanh(x)))},
                        wrt(x, (y, g) -> g.minus(g.times(y.square())).times(2))))
            .at(X)
            .report();
    assertTrue(report.orders().get(0).isCorrect());
    assertEquals(Verdict.Fault.KERNEL_DIFFERS_FROM_FORMULA, fault(report));
  }

  @Test
  void aWrongKernelIsWrong() {
    Report report =
        GradientCheck.of(
                x ->
                    Tape.recordFused(
                        "tanh",
                        null,
                        tanh(x),
                        (g, needed) -> new NdArray[] {g},
                        wrt(x, (y, g) -> g.minus(g.times(y.square())))))
            .at(X)
            .report();
    Verdict.Wrong wrong = assertInstanceOf(Verdict.Wrong.class, report.verdict());
    assertTrue(wrong.element().matches("\\[\\d, \\d]"), wrong.element());
  }

  private static Verdict.Fault fault(Report report) {
    return assertInstanceOf(Verdict.Misbehaved.class, report.verdict(), report::toString).fault();
  }

  @Test
  void misbehaviourIsNamed() {
    assertEquals(
        Verdict.Fault.WRONG_SHAPE,
        fault(
            GradientCheck.of(x -> Tape.record("op", tanh(x), wrt(x, (y, g) -> g.sum())))
                .at(X)
                .report()));
    Report tooFew =
        GradientCheck.of(
                (a, b) ->
                    Tape.recordFused(
                        "op",
                        null,
                        a.value().plus(b.value()),
                        (g, needed) -> new NdArray[] {g},
                        wrt(a, (y, g) -> g),
                        wrt(b, (y, g) -> g)))
            .at(X, X)
            .report();
    assertEquals(Verdict.Fault.BACKWARD_FAILED, fault(tooFew));
    assertTrue(tooFew.verdict().summary().contains("one gradient per input, 2, returned 1"));
    assertEquals(
        Verdict.Fault.INPUT_CHANGED,
        fault(
            GradientCheck.of(
                    x -> {
                      NdArray y = x.value().copy();
                      x.value().set(7, 0, 0);
                      return Tape.record("op", y, wrt(x, (out, g) -> g));
                    })
                .at(X)
                .report()));
    Random random = new Random(1);
    assertEquals(
        Verdict.Fault.FUNCTION_NOT_REPEATABLE,
        fault(GradientCheck.of(x -> x.times(random.nextDouble())).at(X).report()));
  }

  @Test
  void aBackwardThatSpoilsWhatItSavedIsNotReentrant() {
    Report report =
        GradientCheck.of(
                x -> {
                  NdArray saved = x.value().map(v -> 2 * v);
                  return Tape.recordFused(
                      "square",
                      null,
                      x.value().map(v -> v * v),
                      (g, needed) -> {
                        NdArray result = g.times(saved);
                        saved.assign(saved.times(saved));
                        return new NdArray[] {result};
                      },
                      wrt(x, (y, g) -> g.times(x).times(2)));
                })
            .at(X)
            .report();
    assertEquals(Verdict.Fault.BACKWARD_NOT_REENTRANT, fault(report));
  }

  @Test
  void randomnessIsFineWhenItIsSeeded() {
    Random[] random = new Random[1];
    GradientCheck.of(x -> x.times(random[0].nextDouble()).square())
        .beforeEach(() -> random[0] = new Random(3))
        .at(X)
        .assertCorrect();
  }

  @Test
  void runningStatisticsAreRestored() {
    NdArray running = normal(9, 3);
    NdArray before = running.copy();
    GradientCheck.of(
            x -> {
              running.assign(running.times(NdArray.scalar(0.9)));
              return x.times(x.tape().constant(running.copy())).square();
            })
        .restoring(List.of(running))
        .at(X)
        .assertCorrect();
    assertEquals(before, running);
  }

  /** A weight outside of any tape. */
  private record Weight(String name, NdArray value) implements Variable {}

  @Test
  void variablesOfAComputationAreCheckedAndUntouched() {
    Weight weight = new Weight("layer.weight", normal(5, 3, 4));
    Weight bias = new Weight("layer.bias", normal(6, 4));
    NdArray before = weight.value().copy();
    GradientCheck.onTape(
            tape ->
                tape.constant(X)
                    .matmul(tape.variable(weight))
                    .plus(tape.variable(bias))
                    .square()
                    .mean())
        .withRespectTo(weight, bias)
        .assertCorrect();
    assertEquals(before, weight.value());

    Report wrong =
        GradientCheck.onTape(
                tape -> {
                  Tensor w = tape.variable(weight);
                  return Tape.record("twice", w.value().plus(w.value()), wrt(w, (y, g) -> g));
                })
            .withRespectTo(weight)
            .report();
    assertEquals("layer.weight", assertInstanceOf(Verdict.Wrong.class, wrong.verdict()).input());
    assertEquals(before, weight.value());
  }

  @Test
  void misuseIsExplained() {
    assertThrows(IllegalStateException.class, () -> GradientCheck.of(x -> x).report());
    assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(x -> x).at(X, X));
    assertThrows(
        IllegalStateException.class, () -> GradientCheck.of(x -> x).withRespectTo(List.of()));
    Weight single = new Weight("w", NdArray.ones(DType.FLOAT32, 2));
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> GradientCheck.onTape(t -> t.variable(single)).withRespectTo(single).report());
    assertTrue(error.getMessage().contains("float64"));
  }

  @Test
  void theBudgetIsKept() {
    TensorCheck check =
        GradientCheck.of((a, b) -> a.times(b).exp()).at(X, normal(2, 2, 3)).orders(1);
    Report report = check.directions(5).seed(11).report();
    assertEquals(List.of("x0", "x1"), report.lines().stream().map(Report.Line::input).toList());
    assertEquals(List.of(5, 5), report.lines().stream().map(Report.Line::tried).toList());
    assertEquals(report.toString(), check.report().toString());
    assertTrue(report.toString().contains("(seed 11)"), report::toString);
    Report exhaustive = check.everyElement().report();
    assertEquals(List.of(11, 11), exhaustive.lines().stream().map(Report.Line::tried).toList());
    assertInstanceOf(Verdict.Undetermined.class, check.digits(14).report().verdict());
    assertThrows(IllegalArgumentException.class, () -> check.orders(0));
  }

  @Test
  void aFixedCotangentIsUsedAsItIs() {
    TensorCheck centred = GradientCheck.of(x -> x.minus(x.mean())).at(X).orders(1);
    centred.assertCorrect();
    NdArray ones = NdArray.ones(DType.FLOAT64, 2, 3);
    assertInstanceOf(Verdict.Vacuous.class, centred.cotangent(ones).report().verdict());
  }

  @Test
  void elementsAreNamedByTheirIndices() {
    NdArray factor = NdArray.of(new double[] {1, 1, 1, 1, 1, 1.01}, 2, 3);
    Report report =
        GradientCheck.of(
                x ->
                    Tape.record(
                        "mine", x.value(), wrt(x, (y, g) -> g.times(g.tape().constant(factor)))))
            .at(X)
            .report();
    assertTrue(report.toString().contains("Wrong at x[1, 2]"), report::toString);
    Report scalar =
        GradientCheck.of(x -> Tape.record("mine", x.value(), wrt(x, (y, g) -> g.times(2))))
            .at(NdArray.scalar(3))
            .report();
    assertTrue(scalar.toString().contains("Wrong at x:"), scalar::toString);
  }

  @Test
  void inputsThatChangeAreNamed() {
    Report byFunction =
        GradientCheck.of(
                x -> {
                  ((double[]) x.value().writableData())[0]++;
                  return x.exp();
                })
            .at(X)
            .report();
    Report byGradient =
        GradientCheck.of(
                x ->
                    Tape.record(
                        "mine",
                        x.value().copy(),
                        wrt(
                            x,
                            (y, g) -> {
                              ((double[]) x.value().writableData())[0]++;
                              return g;
                            })))
            .at(X)
            .report();
    for (Report report : List.of(byFunction, byGradient)) {
      Verdict.Misbehaved verdict =
          assertInstanceOf(Verdict.Misbehaved.class, report.verdict(), report::toString);
      assertEquals(Verdict.Fault.INPUT_CHANGED, verdict.fault());
    }
  }
}
