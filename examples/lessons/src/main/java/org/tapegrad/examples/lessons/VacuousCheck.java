package org.tapegrad.examples.lessons;

import java.util.SplittableRandom;
import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Report;
import org.tapegrad.check.Verdict;
import org.tapegrad.ops.InstanceNorm;

/**
 * Why a gradient check needs a random cotangent. The values of a normalised plane always add up to
 * zero, so the gradient of their sum is zero - and a backward that returns zeros, or anything else
 * that vanishes in that one direction, passes a check of sum(y). This checker says so.
 */
final class VacuousCheck {
  private VacuousCheck() {}

  static void run() {
    NdArray x = NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, 1, 2, 4, 4);
    Tape tape = new Tape();
    Tensor v = tape.variable(x);
    NdArray gradient = tape.gradient(InstanceNorm.instanceNorm2d(v, null, null).sum(), v);
    double largest = gradient.map(Math::abs).max().item();
    System.out.println("  largest gradient of the sum: " + largest);
    Lessons.check("the gradient of the sum is rounding noise", largest < 1e-13);

    Report sum =
        GradientCheck.of((Tensor t) -> InstanceNorm.instanceNorm2d(t, null, null).sum())
            .at(x)
            .report();
    Lessons.check("checking the sum is vacuous", sum.verdict() instanceof Verdict.Vacuous);
    GradientCheck.of((Tensor t) -> InstanceNorm.instanceNorm2d(t, null, null))
        .at(x)
        .assertCorrect();
    System.out.println("  a random cotangent: correct");
  }
}
