package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/** The three ways in which an element acts on the loss add up to what the kernel returns. */
class InstanceNormDerivationTest {
  private static NdArray normal(SplittableRandom random, double mean, int... shape) {
    return NdArray.normal(DType.FLOAT64, random, mean, 1, shape);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 3, 1e6})
  void directThroughVarAndThroughMuAreTogetherTheKernelsGradient(double mean) {
    SplittableRandom random = new SplittableRandom(5);
    NdArray x = normal(random, mean, 2, 3, 4, 5);
    NdArray gamma = normal(random, 1, 3);
    NdArray g = normal(random, 0, 2, 3, 4, 5);
    Tape tape = new Tape();
    Tensor v = tape.variable(x);
    Tensor y = instanceNorm2d(v, tape.variable(gamma), null, 0.5);
    NdArray kernel = tape.vjp(List.of(y), List.of(g), List.of(v)).get(0);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        NdArray together =
            InstanceNorm.derivation(plane(x, n, c), plane(g, n, c), gamma.get(c), 0.5).together();
        NdArray difference = together.minus(plane(kernel, n, c)).abs();
        assertEquals(0, difference.max().item(), 1e-9 * (1 + mean * 1e-3), n + ", " + c);
      }
    }
  }

  private static NdArray plane(NdArray a, int n, int c) {
    return a.slice(0, n, n + 1).slice(1, c, c + 1).reshape(4, 5);
  }

  /** The plane 1, 2, 4, 9 of the first example in README, by hand. */
  @Test
  void statisticsAndSums() {
    NdArray x = NdArray.of(new double[] {1, 2, 4, 9}, 2, 2);
    NdArray g = NdArray.of(new double[] {1, 0, 0, 2}, 2, 2);
    InstanceNorm.Derivation d = InstanceNorm.derivation(x, g, 3, 0.5);
    assertEquals(4, d.mean());
    assertEquals(9.5, d.variance());
    assertEquals(1 / Math.sqrt(10), d.r());
    assertEquals(3, d.sumG());
    assertEquals(7, d.sumGDeviation());
    assertEquals(6 / Math.sqrt(10), d.direct().get(1, 1), 1e-15);
    assertEquals(-9 / Math.sqrt(10) / 4, d.throughMu().get(0, 1), 1e-15);
    assertEquals(0, d.throughVar().get(1, 0), 1e-15);
  }

  @Test
  void theGradientMustHaveTheShapeOfThePlane() {
    NdArray plane = NdArray.ones(DType.FLOAT64, 2, 2);
    NdArray row = NdArray.ones(DType.FLOAT64, 4);
    assertThrows(ShapeException.class, () -> InstanceNorm.derivation(plane, row, 1, 0));
  }
}
