package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Report;
import org.tapegrad.check.Verdict;

/** Why +=. A value that is used twice is blamed twice. */
final class Lesson03WhyPlus {
  // The shortest program with a fan-out is y = x·x + x: three arrows leave x. In a walk back, each
  // of them brings something to x. The walk below is written out by hand, with one question left
  // open: what happens when a gradient arrives where there is one already?

  interface Arrival {
    double at(double there, double arriving);
  }

  static double slope(double x, Arrival arrival) {
    double sum = 1; // y = square + x: y hands 1 to both
    double square = arrival.at(0, sum);
    double atX = arrival.at(0, sum);
    atX = arrival.at(atX, square * x); // square = x·x: the left factor
    atX = arrival.at(atX, square * x); // and the right one
    return atX;
  }

  private Lesson03WhyPlus() {}

  public static void main(String[] args) {
    // If x moves by a little, y moves for three reasons, and a little times three reasons is a sum:
    // that is the chain rule of several variables. So arrivals add up.

    double right = slope(3, (there, arriving) -> there + arriving);
    double wrong = slope(3, (there, arriving) -> arriving);
    System.out.printf("with += %s, with = %s%n", right, wrong);

    check("2x + 1 = 7 with +=", right == 7);
    check("3 with =, where the last arrival has erased the others", wrong == 3);

    // The tape does the same. In the explorer, step back to v0 and see who sent what:

    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(3));
    Tensor y = x.times(x).plus(x);
    show("x is used three times", tape.explain(y));

    for (Explanation.Contribution c : tape.explain(y).contributions(x)) {
      System.out.printf("v%d brings %s%n", c.from(), c.gradient());
    }
    check("three contributions arrive at x", tape.explain(y).contributions(x).size() == 3);
    check("together they are the gradient", tape.gradient(y, x).item() == right);

    // ## A mistake that hides
    //
    // With `=` instead of `+=`, a program whose values are all used once is still right. That is
    // why the mistake can sit in a framework until somebody adds a skip connection. A gradient
    // check of the right program finds it at once, without being told where to look:

    Report report =
        GradientCheck.of(
                v -> v[0] * v[0] + v[0],
                v -> new double[] {slope(v[0], (there, arriving) -> arriving)})
            .at(new double[] {3})
            .report();
    System.out.println(report.verdict().summary());
    check("the check catches the missing plus", report.verdict() instanceof Verdict.Wrong);

    Verdict verdict =
        GradientCheck.of(
                v -> v[0] * v[0] + v[0],
                v -> new double[] {slope(v[0], (there, arriving) -> there + arriving)})
            .at(new double[] {3})
            .report()
            .verdict();
    check("and finds nothing with it", verdict instanceof Verdict.Correct);

    // ## The sum is an operation too
    //
    // Adding up two gradients is the only operation that a tape performs on its own account. When
    // the gradient is to be differentiated again (lesson 10), the sums are recorded like everything
    // else; here they are, as the lines named `plus` below the program's own three:

    Tensor dydx = tape.differentiableGradient(y, x);
    System.out.println(tape);
    check("the second derivative of x² + x is 2", tape.gradient(dydx, x).item() == 2);
  }
}
