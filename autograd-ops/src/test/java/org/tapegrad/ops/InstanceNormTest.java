package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Verdict;

class InstanceNormTest {
  private final SplittableRandom random = new SplittableRandom(3);

  private NdArray normal(double mean, double deviation, int... shape) {
    return NdArray.normal(DType.FLOAT64, random, mean, deviation, shape);
  }

  @Test
  void gradientsAreRightWhicheverArgumentsAreGiven() {
    NdArray x = normal(3, 2, 2, 3, 4, 5);
    GradientCheck.of((t, gamma, beta) -> instanceNorm2d(t, gamma, beta, 0.5))
        .at(x, normal(0, 1, 3), normal(0, 1, 2, 3))
        .orders(2)
        .assertCorrect();
    GradientCheck.of((t, beta) -> instanceNorm2d(t, null, beta))
        .at(x, normal(0, 1, 3))
        .orders(2)
        .assertCorrect();
    GradientCheck.of((t, gamma) -> instanceNorm2d(t, gamma, null))
        .at(normal(0, 1, 3, 4, 5), normal(0, 1, 3))
        .orders(2)
        .assertCorrect();
  }

  /** The sum of a normalised plane is zero whatever x is: checking it would pass on anything. */
  @Test
  void checkingTheSumIsVacuous() {
    for (int seed = 1; seed < 20; seed++) {
      NdArray x = NdArray.normal(DType.FLOAT64, new SplittableRandom(seed), 0, 1, 1, 2, 4, 4);
      assertInstanceOf(
          Verdict.Vacuous.class,
          GradientCheck.of((Tensor t) -> instanceNorm2d(t, null, null).sum())
              .at(x)
              .report()
              .verdict());
    }
  }
}
