package org.tapegrad.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An op on plain arrays with its correct gradient and a dozen wrong ones, to test gradient checkers
 * on.
 *
 * @param name the op's name with its setting
 * @param inputs the names of its differentiable inputs
 * @param forward the op
 * @param correct its correct gradient
 * @param mutants wrong gradients, each with the one mistake that its name tells
 * @param sample draws inputs of a regime from a seed
 */
public record MutatedOp(
    String name,
    List<String> inputs,
    ArrayFunction forward,
    ArrayFunction.Pullback correct,
    List<Mutant> mutants,
    Sample sample) {

  /**
   * A wrong gradient.
   *
   * @param name its mistake
   * @param pullback the gradient
   */
  public record Mutant(String name, ArrayFunction.Pullback pullback) {}

  /** Draws one array per input. */
  @FunctionalInterface
  public interface Sample {
    /** The inputs for a regime and a random stream. */
    double[][] draw(Regime regime, SplittableRandom random);
  }

  /** Where the main input lives. */
  public enum Regime {
    /** Standard normal. */
    UNIT("unit normal", 1, 0),
    /** Standard normal times 1000. */
    LARGE("x·1e3", 1e3, 0),
    /** Standard normal times 0.001. */
    SMALL("x·1e-3", 1e-3, 0),
    /** Standard normal around 1e4. */
    SHIFTED("mean 1e4", 1, 1e4),
    /** Standard normal around 1e6. */
    FAR("mean 1e6", 1, 1e6);

    private final String title;
    private final double deviation;
    private final double mean;

    Regime(String title, double deviation, double mean) {
      this.title = title;
      this.deviation = deviation;
      this.mean = mean;
    }

    /** The name in tables. */
    public String title() {
      return title;
    }

    /** Normal numbers (Box and Muller). */
    double[] normal(int n, SplittableRandom random) {
      double[] x = new double[n];
      for (int i = 0; i < n; i++) {
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        x[i] = mean + deviation * (radius * Math.cos(2 * Math.PI * random.nextDouble()));
      }
      return x;
    }
  }

  /**
   * The mistakes of an enum, each turned into a mutant by a gradient that takes the mistake as an
   * argument.
   */
  static <F extends Enum<F>> List<Mutant> mutants(F[] flaws, Flawed<F> gradient) {
    List<Mutant> mutants = new ArrayList<>();
    for (F flaw : flaws) {
      mutants.add(new Mutant(flaw.toString(), (x, g) -> gradient.gradient(x, g, flaw)));
    }
    return List.copyOf(mutants);
  }

  /** A gradient that makes the mistake it is given, none for null. */
  @FunctionalInterface
  interface Flawed<F> {
    double[][] gradient(double[][] x, double[] g, F flaw);
  }
}
