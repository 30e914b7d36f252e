package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** What cannot be answered is refused, with a message that says how to do it right. */
class TapeMisuseTest {
  private final Tape tape = new Tape();
  private final Tensor x = tape.variable(NdArray.of(new double[] {1, 2}, 2));
  private final Tensor y = x.square().sum();

  private record Weight(String name, NdArray value) implements Variable {}

  private static void assertState(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalStateException.class, call::run).getMessage());
  }

  private static void assertArgument(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void gradientOfManyElements() {
    assertArgument(
        "gradient: needs a tensor of one element, was float64[2]; reduce it with sum() or mean(),"
            + " or give a seed to vjp()",
        () -> tape.gradient(x, x));
  }

  @Test
  void seedsThatDoNotFit() {
    NdArray two = NdArray.ones(DType.FLOAT64, 2);
    assertArgument(
        "vjp: the seed of an output float64[] must be alike, was float64[2]",
        () -> tape.vjp(List.of(y), List.of(two), List.of(x)));
    assertArgument(
        "vjp: the seed of an output float64[2] must be alike, was float32[2]",
        () -> tape.vjp(List.of(x), List.of(two.to(DType.FLOAT32)), List.of(x)));
    assertArgument(
        "vjp: 1 outputs need as many seeds, was given 2",
        () -> tape.vjp(List.of(x), List.of(two, two), List.of(x)));
    assertEquals(4, tape.gradient(y, x).get(1), "the tape still works");
  }

  @Test
  void targetThatIsAConstant() {
    Tensor c = tape.constant(NdArray.scalar(1));
    assertState(
        "gradient: the target float64[] is a constant of this tape; make it with"
            + " tape.variable(...)",
        () -> tape.gradient(y, c));
  }

  @Test
  void twoTapes() {
    Tensor other = new Tape().variable(NdArray.scalar(1));
    assertState(
        "plus: the inputs are on two different tapes; bring a value over with"
            + " tape.constant(tensor.value())",
        () -> x.plus(other));
    assertState("gradient: the target float64[] is on another tape", () -> tape.gradient(y, other));
    assertState("gradient: the output float64[] is on another tape", () -> tape.gradient(other, x));
    assertState(
        "gradient: the seed float64[] is on another tape",
        () -> tape.differentiableVjp(List.of(y), List.of(other), List.of(x)));
  }

  @Test
  void tapeThatDoesNotRecord() {
    Tape silent = Tape.inference();
    Tensor a = silent.variable(NdArray.scalar(1));
    String message =
        "gradient: this tape does not record; compute on a new Tape() instead of Tape.inference()";
    assertState(message, () -> silent.gradient(a, a));
    Weight w = new Weight("w", NdArray.scalar(1));
    Tensor b = silent.variable(w);
    assertState(message, () -> silent.gradientOf(b, List.of(w)));
  }

  @Test
  void changesAfterRecording() {
    Weight w = new Weight("layer.weight", NdArray.of(new double[] {1, 2}, 2));
    NdArray constant = NdArray.ones(DType.FLOAT64, 2);
    Tape t = new Tape();
    Tensor loss = t.variable(w).times(t.constant(constant)).exp().sum();
    t.gradientOf(loss, List.of(w));
    w.value().set(3, 0);
    assertState(
        "gradient: layer.weight was modified after it was put on this tape (version 0, now 1);"
            + " take the gradient before the update, or compute again on a new tape",
        () -> t.gradientOf(loss, List.of(w)));

    Tape second = new Tape();
    Tensor again = second.variable(w).times(second.constant(constant)).sum();
    constant.reshape(2, 1).set(5, 0, 0); // through an array that shares the elements
    assertTrue(
        assertThrows(IllegalStateException.class, () -> second.gradientOf(again, List.of(w)))
            .getMessage()
            .startsWith("gradient: constant was modified"));
  }

  /** exp's gradient is made from its output. */
  @Test
  void changesOfIntermediateResults() {
    Tensor e = x.exp();
    Tensor loss = e.sum();
    e.value().set(100, 0);
    assertState(
        "gradient: exp was modified after it was put on this tape (version 0, now 1); take the"
            + " gradient before the update, or compute again on a new tape",
        () -> tape.gradient(loss, x));
  }

  @Test
  void pullbacksThatAreWrong() {
    Tensor wrong = Tape.record("mine", x.value().copy(), wrt(x, (out, g) -> g.sum())).sum();
    assertArgument(
        "mine: the pullback must return a gradient like its input float64[2], was float64[]",
        () -> tape.gradient(wrong, x));
    Tensor none = Tape.record("mine", x.value().copy(), wrt(x, (out, g) -> null)).sum();
    assertState(
        "mine: the pullback returned null for an input float64[2]", () -> tape.gradient(none, x));
    Tensor narrow =
        Tape.record(
                "mine",
                x.value().copy(),
                wrt(x, (out, g) -> g.tape().constant(g.value().to(DType.FLOAT32))))
            .sum();
    assertArgument(
        "mine: the pullback must return a gradient like its input float64[2], was float32[2]",
        () -> tape.gradient(narrow, x));
    Tensor few =
        Tape.recordFused(
                "mine",
                null,
                x.value().copy(),
                (g, needed) -> new NdArray[0],
                wrt(x, (out, g) -> g))
            .sum();
    assertState(
        "mine: the kernel must return one gradient per input, 1, returned 0",
        () -> tape.gradient(few, x));
    Tensor empty =
        Tape.recordFused(
                "mine",
                null,
                x.value().copy(),
                (g, needed) -> new NdArray[1],
                wrt(x, (out, g) -> g))
            .sum();
    assertState(
        "mine: the pullback returned null for an input float64[2]", () -> tape.gradient(empty, x));
    Tensor failing =
        Tape.record(
                "mine",
                x.value().copy(),
                wrt(
                    x,
                    (out, g) -> {
                      throw new ArithmeticException("on purpose");
                    }))
            .sum();
    assertThrows(ArithmeticException.class, () -> tape.gradient(failing, x));
    assertEquals(4, tape.gradient(y, x).get(1), "the tape still works");
    assertEquals(2, tape.gradient(tape.differentiableGradient(y, x).sum(), x).get(0));
  }

  @Test
  void operationsWithoutInputsOrValue() {
    assertArgument(
        "mine: an operation needs at least one input tensor",
        () -> Tape.record("mine", NdArray.scalar(1)));
    assertArgument(
        "mine: an operation needs at least one input tensor",
        () -> Tape.record("mine", NdArray.scalar(1), wrt(null, (out, g) -> g)));
    assertArgument(
        "mine: an array is needed, was null",
        () -> Tape.record("mine", null, wrt(x, (out, g) -> g)));
    assertArgument("variable: an array is needed, was null", () -> tape.variable((NdArray) null));
    assertArgument("constant: an array is needed, was null", () -> tape.constant(null));
    assertArgument(
        "constant: an array is needed, was null",
        () -> tape.vjp(List.of(y), Arrays.asList((NdArray) null), List.of(x)));
  }

  @Test
  void transposedProducts() {
    Tensor a = tape.variable(NdArray.zeros(DType.FLOAT64, 2, 3));
    assertArgument(
        "matmul: transposed float64[2, 3] has 2 columns, but transposed float64[2, 3] has 3 rows",
        () -> a.matmul(a, true, true));
  }

  /** Zeros would look like a weight that the loss does not depend on. */
  @Test
  void weightsThatAreOnTheTapeWithoutTheirName() {
    Weight w = new Weight("layer.weight", NdArray.of(new double[] {3}, 1));
    Tensor loss = tape.variable(w.value()).square().sum();
    assertState(
        "gradientOf: layer.weight is on this tape as tape.variable(array), which is a variable of"
            + " its own; use tape.variable(variable)",
        () -> tape.gradientOf(loss, List.of(w)));
    Tape other = new Tape();
    Tensor constant = other.constant(w.value()).times(other.variable(NdArray.scalar(1))).sum();
    assertEquals(0, other.gradientOf(constant, List.of(w)).get(0).get(0));
  }

  /** A change through the matrix cannot be noticed, so the tape holds what it was given. */
  @Test
  void matricesThatChangeAfterRecording() {
    DMatrixRMaj matrix = new DMatrixRMaj(new double[][] {{1, 2}});
    Tensor ofMatrix = tape.variable(NdArray.of(matrix));
    NdArray array = NdArray.of(new double[] {1, 2}, 1, 2);
    DMatrixRMaj view = array.toDMatrixRMaj();
    Tensor viewed = tape.variable(array);
    Tensor loss = ofMatrix.square().sum().plus(viewed.square().sum());
    matrix.set(0, 0, 100);
    view.set(0, 0, 100);
    NdArray expected = NdArray.of(new double[] {2, 4}, 1, 2);
    assertEquals(List.of(expected, expected), tape.gradient(loss, List.of(ofMatrix, viewed)));
    loss.value().reshape(1, 1).toDMatrixRMaj();
    assertTrue(
        assertThrows(IllegalStateException.class, () -> tape.gradient(loss, viewed))
            .getMessage()
            .startsWith("gradient: plus was modified after it was put on this tape"));
  }
}
