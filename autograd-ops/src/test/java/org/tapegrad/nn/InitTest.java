package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class InitTest {
  /** A convolution's weight: fanIn = 32·9 = 288, fanOut = 64·9 = 576. */
  private static final int[] SHAPE = {64, 32, 3, 3};

  private interface Rule {
    NdArray draw(DType dtype, RandomGenerator random, int... shape);
  }

  private static void assertDeviation(Rule rule, double variance, boolean uniform) {
    double[] values = rule.draw(DType.FLOAT64, new SplittableRandom(1), SHAPE).toDoubleArray();
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (double v : values) {
      sum += v;
      squares += v * v;
      largest = Math.max(largest, Math.abs(v));
    }
    double deviation = Math.sqrt(variance);
    assertEquals(0, sum / values.length, 4 * deviation / Math.sqrt(values.length));
    assertEquals(1, squares / values.length / variance, 4 * Math.sqrt(2.0 / values.length));
    if (uniform) {
      double bound = Math.sqrt(3) * deviation;
      assertTrue(largest <= bound && largest > 0.999 * bound, largest + " of " + bound);
    } else {
      assertTrue(largest > 3.5 * deviation, "normal numbers go beyond a uniform bound");
    }
    NdArray again = rule.draw(DType.FLOAT32, new SplittableRandom(1), SHAPE);
    assertEquals(NdArray.of(values, SHAPE).to(DType.FLOAT32), again);
    assertNotEquals(again, rule.draw(DType.FLOAT32, new SplittableRandom(2), SHAPE));
  }

  @Test
  void deviations() {
    assertDeviation(Init::kaimingNormal, 2.0 / 288, false);
    assertDeviation(Init::kaimingUniform, 2.0 / 288, true);
    assertDeviation(Init::xavierNormal, 2.0 / (288 + 576), false);
    assertDeviation(Init::xavierUniform, 2.0 / (288 + 576), true);
    assertDeviation((t, r, s) -> Init.layerDefault(t, r, Init.fanIn(s), s), 1.0 / (3 * 288), true);
  }

  /** PyTorch's layers start with uniform ±1/sqrt(fanIn), the bias by the weight's fan. */
  @Test
  void layersStartAsPyTorchs() {
    SplittableRandom random = new SplittableRandom(3);
    Conv2d conv = new Conv2d(DType.FLOAT32, random, 32, 2000, 3, Conv2d.Options.DEFAULT);
    Linear linear = new Linear(DType.FLOAT32, random, 288, 2000);
    for (Module layer : new Module[] {conv, linear}) {
      for (Parameter p : layer.parameters()) {
        double largest = p.value().max().item() * Math.sqrt(288);
        assertTrue(largest <= 1 && largest > 0.99, layer + " " + p + ": " + largest);
      }
    }
  }

  @Test
  void sameSeedSameNetwork() {
    assertEquals(network(5).state(), network(5).state());
    assertNotEquals(network(5).state(), network(6).state());
  }

  private static Module network(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Sequential(
        new Conv2d(DType.FLOAT32, random, 1, 2, 3, Conv2d.Options.DEFAULT),
        new Linear(DType.FLOAT32, random, 2, 2));
  }

  @Test
  void aVectorHasNoFan() {
    SplittableRandom random = new SplittableRandom(3);
    assertThrows(
        IllegalArgumentException.class, () -> Init.kaimingNormal(DType.FLOAT32, random, 5));
  }
}
