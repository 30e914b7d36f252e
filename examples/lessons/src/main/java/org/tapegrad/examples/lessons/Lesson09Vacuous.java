package org.tapegrad.examples.lessons;

import static org.tapegrad.Pullback.wrt;
import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Verdict;

/** A check that passes on anything. Why a gradient check needs a random cotangent. */
final class Lesson09Vacuous {
  // Here is instance norm as it should be, and one whose gradient is nothing but zeros. Nobody
  // would write that; but whoever writes a gradient by hand writes many wrong ones first, and this
  // is the most wrong of all.

  static Tensor right(Tensor x) {
    return instanceNorm2d(x, null, null);
  }

  static Tensor broken(Tensor x) {
    return Tape.record("broken", right(x).value(), wrt(x, (y, g) -> g.times(0)));
  }

  // The usual test takes the sum of the output, since a gradient needs a number to start from, and
  // compares its gradient with differences, element by element:

  static double errorOfSum(UnaryOperator<Tensor> f, NdArray at, UnaryOperator<Tensor> toNumber) {
    Tape tape = new Tape();
    Tensor x = tape.variable(at);
    NdArray gradient = tape.gradient(toNumber.apply(f.apply(x)), x);
    double h = 1e-5;
    double largest = 0;
    for (int i = 0; i < at.size(); i++) {
      double there = at.get(0, 0, i / 4, i % 4);
      NdArray above = at.copy();
      above.set(there + h, 0, 0, i / 4, i % 4);
      NdArray below = at.copy();
      below.set(there - h, 0, 0, i / 4, i % 4);
      Tape values = Tape.inference();
      double up = toNumber.apply(f.apply(values.constant(above))).item();
      double down = toNumber.apply(f.apply(values.constant(below))).item();
      double slope = (up - down) / (2 * h);
      largest = Math.max(largest, Math.abs(slope - gradient.get(0, 0, i / 4, i % 4)));
    }
    return largest;
  }

  private Lesson09Vacuous() {}

  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(1);
    NdArray plane = NdArray.normal(DType.FLOAT64, random, 0, 1, 1, 1, 4, 4);
    double errorOfRight = errorOfSum(x -> right(x), plane, Tensor::sum);
    double errorOfBroken = errorOfSum(x -> broken(x), plane, Tensor::sum);
    System.out.printf("sum: right is off by %.0e, broken by %.0e%n", errorOfRight, errorOfBroken);

    // Both pass, at any tolerance that anybody uses. The values of a normalised plane add up to
    // zero, always; the gradient of a constant is zero; and zeros are what was claimed.

    check("the right gradient passes", errorOfRight < 1e-9);
    check("zeros pass as well", errorOfBroken < 1e-9);

    // ## Ask another question
    //
    // The gradient of a sum starts from a *cotangent* of ones. Ones happen to lie in the null space
    // of this operation (lesson 7 computes it). Random numbers lie in no null space:

    NdArray v = NdArray.normal(DType.FLOAT64, random, 0, 1, 1, 1, 4, 4);
    UnaryOperator<Tensor> weighted = y -> y.times(y.tape().constant(v)).sum();
    errorOfRight = errorOfSum(x -> right(x), plane, weighted);
    errorOfBroken = errorOfSum(x -> broken(x), plane, weighted);
    System.out.printf("weighted: right %.0e, broken %.0e%n", errorOfRight, errorOfBroken);
    check("right still passes", errorOfRight < 1e-8);
    check("zeros do not", errorOfBroken > 0.1);

    // ## A checker that notices
    //
    // `GradientCheck` takes random cotangents by itself. Given a sum it does not say *correct*; it
    // says that nothing has been tested:

    Function<Tensor, Tensor> sumOfRight = x -> right(x).sum();
    Function<Tensor, Tensor> sumOfBroken = x -> broken(x).sum();
    Verdict vacuous = GradientCheck.of(sumOfBroken).at(plane).report().verdict();
    System.out.println(vacuous.summary());
    check("vacuous for the broken one", vacuous instanceof Verdict.Vacuous);
    check(
        "and for the right one",
        GradientCheck.of(sumOfRight).at(plane).report().verdict() instanceof Verdict.Vacuous);

    Function<Tensor, Tensor> itself = x -> broken(x);
    Verdict wrong = GradientCheck.of(itself).at(plane).report().verdict();
    System.out.println(wrong.summary());
    check("without the sum, zeros are wrong", wrong instanceof Verdict.Wrong);

    // The tape knows it, too: it calls a gradient whose parts cancel by that name.

    Tape tape = new Tape();
    Tensor x = tape.variable(plane);
    show("the sum of a normalised plane has no gradient", tape.explain(right(x).sum()));
  }
}
