package org.tapegrad.examples.lessons;

import static org.tapegrad.Pullback.wrt;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Verdict;
import org.tapegrad.ops.InstanceNorm;

/**
 * Why a gradient check needs a random cotangent. The values of a normalised plane always add up to
 * zero, so the gradient of their sum is zero: even a backward that returns nothing but zeros passes
 * a comparison of sum(y) with differences. This checker calls such a check vacuous, and with a
 * random cotangent it finds the backward wrong.
 */
final class VacuousCheck {
  private static final NdArray X =
      NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, 1, 2, 4, 4);

  private VacuousCheck() {}

  static void run() {
    UnaryOperator<Tensor> right = x -> InstanceNorm.instanceNorm2d(x, null, null);
    UnaryOperator<Tensor> wrong = VacuousCheck::withZerosForGradient;
    Lessons.check("zeros pass where sum(y) is compared", mistakeOfSum(wrong) < 1e-6);
    Lessons.check("just as the right gradient does", mistakeOfSum(right) < 1e-6);
    Lessons.check(
        "the checker calls that vacuous",
        verdict(x -> wrong.apply(x).sum()) instanceof Verdict.Vacuous
            && verdict(x -> right.apply(x).sum()) instanceof Verdict.Vacuous);
    Lessons.check(
        "with a random cotangent the zeros are found", verdict(wrong) instanceof Verdict.Wrong);
    Lessons.check("and the right gradient is correct", verdict(right) instanceof Verdict.Correct);
  }

  private static Tensor withZerosForGradient(Tensor x) {
    NdArray y = InstanceNorm.instanceNorm2d(x, null, null).value();
    return Tape.record("broken", y, wrt(x, (out, g) -> g.times(0)));
  }

  /** The usual check: the largest difference of the gradient of sum(y) from central differences. */
  private static double mistakeOfSum(UnaryOperator<Tensor> f) {
    Tape tape = new Tape();
    Tensor x = tape.variable(X);
    NdArray gradient = tape.gradient(f.apply(x).sum(), x);
    double h = 1e-5;
    double largest = 0;
    for (int i = 0; i < 16; i++) {
      double slope = (sum(f, i, h) - sum(f, i, -h)) / (2 * h);
      largest = Math.max(largest, Math.abs(slope - gradient.get(0, 0, i / 4, i % 4)));
    }
    System.out.printf("  sum(y) is off from differences by %.1e%n", largest);
    return largest;
  }

  private static double sum(UnaryOperator<Tensor> f, int element, double h) {
    NdArray x = X.copy();
    x.set(x.get(0, 0, element / 4, element % 4) + h, 0, 0, element / 4, element % 4);
    return f.apply(Tape.inference().constant(x)).sum().item();
  }

  private static Verdict verdict(UnaryOperator<Tensor> f) {
    return GradientCheck.of((Tensor x) -> f.apply(x)).at(X).report().verdict();
  }
}
