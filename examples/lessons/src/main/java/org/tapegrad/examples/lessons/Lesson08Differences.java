package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.tapegrad.Derivatives;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Report;
import org.tapegrad.check.Verdict;
import org.tapegrad.examples.lessons.book.Plot;

/** Finite differences lie. A large step feels the curve, a small one drowns in rounding. */
final class Lesson08Differences {
  static double f(double x) {
    return StrictMath.exp(StrictMath.sin(x));
  }

  static double forward(double x, double h) {
    return (f(x + h) - f(x)) / h;
  }

  static double central(double x, double h) {
    return (f(x + h) - f(x - h)) / (2 * h);
  }

  // Halve the step: each error term of a central difference, h², h⁴, h⁶ and so on, shrinks by a
  // factor that is known, 4, 16, 64. So two neighbours suffice to take one of them away, and their
  // neighbours the next (L. F. Richardson, 1911):

  static double richardson(double x, double h, int levels) {
    double[] d = IntStream.range(0, levels).mapToDouble(i -> central(x, h / (1 << i))).toArray();
    for (int level = 1; level < levels; level++) {
      for (int i = levels - 1; i >= level; i--) {
        d[i] += (d[i] - d[i - 1]) / ((1 << 2 * level) - 1);
      }
    }
    return d[levels - 1];
  }

  private Lesson08Differences() {}

  public static void main(String[] args) {
    // ## The V
    //
    // The derivative of f(x) = e^(sin x) at x = 1 is cos 1 · f(1), so every error below is known.
    // Take thirty steps from 1 down to 1e-15:

    double exact = StrictMath.cos(1) * f(1);
    double[] h = IntStream.range(0, 31).mapToDouble(i -> Math.pow(10, -i / 2.0)).toArray();
    double[] forward = DoubleStream.of(h).map(s -> Math.abs(forward(1, s) / exact - 1)).toArray();
    double[] central = DoubleStream.of(h).map(s -> Math.abs(central(1, s) / exact - 1)).toArray();
    double[] extrapolated =
        DoubleStream.of(h).map(s -> Math.abs(richardson(1, s, 7) / exact - 1)).toArray();
    show(
        new Plot("The error of finite differences against the step", "step", "relative error")
            .curve("forward", h, forward)
            .curve("central", h, central)
            .curve("extrapolated", h, extrapolated));

    double bestForward = DoubleStream.of(forward).min().getAsDouble();
    double bestCentral = DoubleStream.of(central).min().getAsDouble();
    double bestExtrapolated = DoubleStream.of(extrapolated).min().getAsDouble();
    System.out.printf(
        "best: forward %.0e, central %.0e, extrapolated %.0e%n",
        bestForward, bestCentral, bestExtrapolated);

    // Coming from large steps, on the right, each curve falls with a slope that says how good the
    // formula is, h or h². Then all three rise alike: f is rounded to 16 digits, and the smaller
    // the step, the fewer of these are left in the difference. In between is the best that can be
    // had, eight digits or eleven.

    check("forward differences end at 8 digits", bestForward > 1e-10 && bestForward < 1e-7);
    check("central ones at 11", bestCentral > 1e-13 && bestCentral < 1e-9);
    check("at 1e-15 hardly a digit is right", forward[30] > 1e-2 && central[30] > 1e-2);
    check("forward: a tenth of the step, a tenth", Math.abs(forward[4] / forward[6] - 10) < 1);
    check("central: a hundredth", Math.abs(central[2] / central[4] - 100) < 10);

    // Extrapolation needs no small step, so it meets no rounding to speak of. Seven central
    // differences, from a step of 2 to one of 1/32:

    double found = richardson(1, 2, 7);
    System.out.printf("richardson %.16f%nexactly    %.16f%n", found, exact);
    check("14 digits", Math.abs(found / exact - 1) < 1e-14);

    // The tape has no step, and all digits:

    double ad = Derivatives.grad(x -> x.sin().exp(), NdArray.scalar(1)).item();
    System.out.printf("the tape   %.16f%n", ad);
    check("the tape is right to the last bit or two", Math.abs(ad / exact - 1) < 5e-16);

    // ## The lie
    //
    // Whoever compares a gradient with *one* difference has to choose a step and a tolerance. Take
    // the usual 1e-6, and a function whose values are large beside its slope:

    double offset = (f(1 + 1e-6) + 1e8 - (f(1 - 1e-6) + 1e8)) / 2e-6;
    System.out.printf("with 1e8 added: %.3f instead of %.3f%n", offset, exact);
    check(
        "the same derivative, off by more than a thousandth", Math.abs(offset / exact - 1) > 1e-3);

    // A checker that asks for five digits would accuse the right gradient, one that asks for two
    // would pass a wrong one. This library's has neither step nor tolerance: it extrapolates over a
    // ladder of steps, measures the noise of the function, and knows how many digits it has.

    Report report =
        GradientCheck.of(v -> f(v[0]) + 1e8, v -> new double[] {Math.cos(v[0]) * f(v[0])})
            .at(new double[] {1})
            .report();
    System.out.println(report);
    check("Correct, to the digits there are", report.verdict() instanceof Verdict.Correct);

    Verdict wrong =
        GradientCheck.of(v -> f(v[0]) + 1e8, v -> new double[] {1.001 * Math.cos(v[0]) * f(v[0])})
            .at(new double[] {1})
            .report()
            .verdict();
    check("and a thousandth too much is Wrong", wrong instanceof Verdict.Wrong);
  }
}
