package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Why gradients of operations are zero: each number alone, or only the sum. */
class WhyTest {
  private final Tape tape = new Tape();

  private Tensor normal(DType dtype, long seed, int... shape) {
    return tape.variable(NdArray.normal(dtype, new SplittableRandom(seed), 0, 1, shape));
  }

  private static void assertWhy(Class<? extends Why> kind, int line, Tensor y, Tensor x) {
    Why why = y.tape().explain(y).why(x);
    assertInstanceOf(kind, why, why.summary());
    assertEquals(OptionalInt.of(line), why.line(), why.summary());
  }

  @Test
  void zeroedByRelu() {
    Tensor x = tape.variable(NdArray.of(new double[] {-1, -2, -3}, 3));
    Tensor y = Activations.relu(x).sum();
    assertEquals(
        "v1 = relu received 1, 1, 1 and handed v0 zeros: 3 of 3 numbers are not above 0",
        tape.explain(y).why(x).summary());
    assertWhy(Why.Zeroed.class, 1, y, x);
  }

  @Test
  void zeroedByASaturatedSigmoid() {
    Tensor x = tape.variable(NdArray.of(new float[] {200, -200}, 2));
    Tensor y = Activations.sigmoid(x).sum();
    assertEquals(
        "v1 = sigmoid received 1, 1 and handed v0 zeros: it is flat where it is 1, 0",
        tape.explain(y).why(x).summary());
    assertWhy(Why.Zeroed.class, 1, y, x);
    Tensor near = tape.variable(NdArray.of(new float[] {20, -20}, 2));
    Tensor small = Activations.sigmoid(near).sum();
    assertInstanceOf(Why.Flows.class, tape.explain(small).why(near), "small is not zero");
  }

  /** Rounding noise or exactly zero, in either type and any size, with statistics of any scale. */
  @ParameterizedTest
  @CsvSource({"2, 2, 1", "4, 4, 1", "3, 5, 1000", "16, 16, 1", "64, 64, 1", "9, 7, 1e-3"})
  void theSumOfANormalisedPlaneCancels(int height, int width, double scale) {
    for (DType dtype : DType.values()) {
      for (long seed = 1; seed <= 5; seed++) {
        Tensor x = normal(dtype, seed, 2, 3, height, width).times(scale).plus(3 * scale);
        Tensor gamma = normal(dtype, seed + 100, 3);
        Tensor y = instanceNorm2d(x, gamma, null);
        Tensor before = tape.variable(x.value());
        Tensor both = instanceNorm2d(before.times(2), gamma, null).sum();
        Tensor sum = y.sum();
        int norm = tape.explain(sum).line(y).get().number();
        assertWhy(Why.Cancels.class, norm, sum, x);
        int second = tape.explain(both).line(both).get().number() - 1;
        assertWhy(Why.Cancels.class, second, both, before);
      }
    }
  }

  /** Weighted, the same gradient is not zero, however small the weights that differ. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void aWeightedSumOfANormalisedPlaneFlows(DType dtype) {
    for (long seed = 1; seed <= 50; seed++) {
      Tensor x = normal(dtype, seed, 2, 3, 8, 8);
      NdArray weights = NdArray.normal(dtype, new SplittableRandom(-seed), 1, 1e-3, 2, 3, 8, 8);
      Tensor y = instanceNorm2d(x, null, null).times(tape.constant(weights)).sum();
      assertInstanceOf(Why.Flows.class, tape.explain(y).why(x));
    }
  }

  /** A bias in front of a norm, which takes it away. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void aBiasInFrontOfANormCancels(DType dtype) {
    Tensor x = normal(dtype, 1, 2, 3, 12, 12);
    Tensor weight = normal(dtype, 2, 4, 3, 3, 3);
    Tensor bias = normal(dtype, 3, 4);
    Tensor h = Convolutions.conv2d(x, weight, bias);
    Tensor y = instanceNorm2d(h, null, null);
    Tensor loss = y.times(y).times(y).mean();
    Why why = tape.explain(loss).why(bias);
    assertInstanceOf(Why.Cancels.class, why);
    assertTrue(why.summary().startsWith("v3 = conv2d received"), why.summary());
    assertInstanceOf(Why.Flows.class, tape.explain(loss).why(weight));
    assertInstanceOf(Why.Flows.class, tape.explain(loss).why(x));
  }

  /** Of a deep network in float32 every weight's gradient flows: rounding is far below it. */
  @Test
  void aDeepNetworkFlows() {
    Tensor h = normal(DType.FLOAT32, 1, 1, 4, 32, 32);
    for (int i = 0; i < 12; i++) {
      h =
          Convolutions.conv2d(
              Padding.reflectionPad2d(h, 1), normal(DType.FLOAT32, i, 4, 4, 3, 3), null);
      h =
          Activations.relu(
              instanceNorm2d(h, normal(DType.FLOAT32, i, 4), normal(DType.FLOAT32, i, 4)));
    }
    Tensor loss = h.square().mean();
    Explanation explanation = tape.explain(loss);
    for (Explanation.Line line : explanation.lines()) {
      Why why = explanation.why(line.output());
      assertInstanceOf(Why.Flows.class, why, line.text() + ": " + why.summary());
    }
  }
}
