package org.tapegrad.check;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * What the checker makes of known functions at random points whose elements differ by up to fifty
 * powers of ten: of the right gradient, and of gradients with one wrong element. {@code main} takes
 * the number of points per function.
 */
final class ScalesStudy {
  private static final double[] FACTORS = {0.99, 2, 0, -1};

  /** A function, its gradient by hand, and where to look. */
  record Known(
      String name,
      ToDoubleFunction<double[]> f,
      UnaryOperator<double[]> gradient,
      Function<SplittableRandom, double[]> point) {}

  /**
   * Counts of verdicts. The whole effect of an element is its derivative times its size, that of a
   * mistake the same times the mistake's share; both are measured in units in the last place of the
   * value, of which rounding hides half a one.
   *
   * @param found wrong claims that were called Wrong
   * @param showing wrong claims whose mistake has a whole effect of half a unit at least
   * @param foundShowing those of them that were called Wrong
   * @param below wrong claims called Correct whose element has a whole effect below half a unit
   * @param passed wrong claims called Correct whose element has a larger one
   */
  record Row(
      String name,
      int points,
      int accused,
      int correct,
      int claims,
      int found,
      int showing,
      int foundShowing,
      int below,
      int passed,
      double evaluations) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-14s %5d right: %d accused, %5.1f %% Correct; %6d wrong: %6.2f %% Wrong, of %6d that show"
              + " %6.2f %%; %d Correct below half an ulp, %d above; %4.0f evaluations an element",
          name,
          points,
          accused,
          100.0 * correct / points,
          claims,
          100.0 * found / claims,
          showing,
          100.0 * foundShowing / showing,
          below,
          passed,
          evaluations);
    }
  }

  private ScalesStudy() {}

  private static double any(SplittableRandom random) {
    return Math.pow(10, random.nextDouble(-25, 25));
  }

  private static double signed(SplittableRandom random) {
    return random.nextBoolean() ? any(random) : -any(random);
  }

  private static double[] anyOf(int n, SplittableRandom random) {
    return random.doubles(n).map(u -> Math.pow(10, 50 * u - 25)).toArray();
  }

  private static double[] signedOf(int n, SplittableRandom random) {
    return random.doubles(n).map(u -> signed(random)).toArray();
  }

  static List<Known> functions() {
    return List.of(
        new Known(
            "quotient",
            x -> x[0] * x[1] * x[2] / x[3],
            x -> logarithmic(x[0] * x[1] * x[2] / x[3], x, 1, 1, 1, -1),
            random -> signedOf(4, random)),
        new Known(
            "powers",
            x -> x[0] * x[0] * Math.sqrt(x[1]) / (x[2] * x[2] * x[2]),
            x -> logarithmic(x[0] * x[0] * Math.sqrt(x[1]) / Math.pow(x[2], 3), x, 2, 0.5, -3),
            random -> anyOf(3, random)),
        new Known(
            "sum of terms",
            x -> x[0] + x[1] * x[1] + x[2] + Math.exp(x[3]),
            x -> new double[] {1, 2 * x[1], 1, Math.exp(x[3])},
            random ->
                new double[] {
                  signed(random), signed(random), signed(random), random.nextDouble(-50, 50)
                }),
        new Known(
            "Planck", ScalesStudy::planck, ScalesStudy::planckGradient, ScalesStudy::radiator),
        new Known(
            "Arrhenius",
            x -> x[0] * Math.exp(-x[1] / (x[2] * x[3])),
            x -> {
              double u = x[1] / (x[2] * x[3]);
              return logarithmic(x[0] * Math.exp(-u), x, 1, -u, u, u);
            },
            random -> {
              double[] x = anyOf(4, random);
              x[2] = x[1] / x[3] / Math.pow(10, random.nextDouble(-2, 1.5));
              return x;
            }),
        new Known(
            "logistic",
            x -> x[0] / (1 + Math.exp(-x[1] * (x[2] - x[3]))),
            x -> {
              double y = 1 / (1 + Math.exp(-x[1] * (x[2] - x[3])));
              double slope = x[0] * y * (1 - y);
              return new double[] {y, slope * (x[2] - x[3]), slope * x[1], -slope * x[1]};
            },
            random -> {
              double k = any(random);
              double middle = random.nextDouble(-3, 3) / k;
              return new double[] {
                signed(random), k, middle + random.nextDouble(-5, 5) / k, middle
              };
            }),
        new Known(
            "norm",
            x -> Math.sqrt(Arrays.stream(x).map(v -> v * v).sum()),
            x -> {
              double norm = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
              return Arrays.stream(x).map(v -> v / norm).toArray();
            },
            random -> signedOf(4, random)),
        new Known(
            "log-sum-exp",
            ScalesStudy::logSumExp,
            x -> {
              double y = logSumExp(x);
              return Arrays.stream(x).map(v -> Math.exp(v - y)).toArray();
            },
            random ->
                random
                    .doubles(4, -25, 2)
                    .map(e -> (random.nextBoolean() ? 1 : -1) * Math.pow(10, e))
                    .toArray()),
        new Known(
            "polynomial",
            x -> x[0] + x[4] * (x[1] + x[4] * (x[2] + x[4] * x[3])),
            x -> {
              double v = x[4];
              return new double[] {1, v, v * v, v * v * v, x[1] + v * (2 * x[2] + 3 * v * x[3])};
            },
            random -> signedOf(5, random)),
        new Known(
            "phases",
            x -> x[0] * Math.sin(2 * Math.PI * (x[1] / x[2] - x[3] / x[4]) + x[5]),
            x -> {
              double phase = 2 * Math.PI * (x[1] / x[2] - x[3] / x[4]) + x[5];
              double slope = 2 * Math.PI * x[0] * Math.cos(phase);
              return new double[] {
                Math.sin(phase),
                slope / x[2],
                -slope * x[1] / (x[2] * x[2]),
                -slope / x[4],
                slope * x[3] / (x[4] * x[4]),
                x[0] * Math.cos(phase)
              };
            },
            random -> {
              double length = any(random);
              double time = any(random);
              return new double[] {
                signed(random),
                length * random.nextDouble(-3, 3),
                length,
                time * random.nextDouble(-3, 3),
                time,
                random.nextDouble(-3, 3)
              };
            }));
  }

  /** The gradient of a value whose derivatives by the logarithms of its arguments are known. */
  private static double[] logarithmic(double value, double[] x, double... exponents) {
    double[] g = new double[x.length];
    Arrays.setAll(g, i -> value * exponents[i] / x[i]);
    return g;
  }

  /** Spectral radiance by h, c, k, T and the wavelength. */
  private static double planck(double[] x) {
    double u = x[0] * x[1] / (x[4] * x[2] * x[3]);
    return 2 * x[0] * x[1] * x[1] / Math.pow(x[4], 5) / Math.expm1(u);
  }

  private static double[] planckGradient(double[] x) {
    double u = x[0] * x[1] / (x[4] * x[2] * x[3]);
    double v = u / -Math.expm1(-u);
    return logarithmic(planck(x), x, 1 - v, 2 - v, v, v, v - 5);
  }

  private static double[] radiator(SplittableRandom random) {
    double[] x = {6.62607015e-34, 299792458, 1.380649e-23, 0, 0};
    x[3] = Math.pow(10, random.nextDouble(0, 5));
    x[4] = x[0] * x[1] / (x[2] * x[3]) / Math.pow(10, random.nextDouble(-2, 1.5));
    return x;
  }

  private static double logSumExp(double[] x) {
    double largest = Arrays.stream(x).max().getAsDouble();
    return largest + Math.log(Arrays.stream(x).map(v -> Math.exp(v - largest)).sum());
  }

  static Row study(Known known, int points) {
    SplittableRandom random = new SplittableRandom(known.name().hashCode());
    int[] count = new int[8];
    long[] evaluations = new long[1];
    int elements = 0;
    for (int p = 0; p < points; p++) {
      double[] x = known.point().apply(random);
      double value = known.f().applyAsDouble(x);
      Verdict right = verdict(known, x, -1, 1, p, evaluations);
      elements += x.length;
      count[0] += right instanceof Verdict.Wrong ? 1 : 0;
      count[1] += right.isCorrect() ? 1 : 0;
      double[] g = known.gradient().apply(x);
      for (int i = 0; i < x.length; i++) {
        for (double factor : FACTORS) {
          if (g[i] != 0) {
            Verdict verdict = verdict(known, x, i, factor, p, new long[1]);
            double effect = Math.abs(g[i] * x[i]) / Math.ulp(value);
            int found = verdict instanceof Verdict.Wrong ? 1 : 0;
            int shows = effect * Math.abs(1 - factor) >= 0.5 ? 1 : 0;
            int correct = verdict.isCorrect() ? 1 : 0;
            count[2]++;
            count[3] += found;
            count[4] += shows;
            count[5] += found * shows;
            count[effect < 0.5 ? 6 : 7] += correct;
          }
        }
      }
    }
    return new Row(
        known.name(),
        points,
        count[0],
        count[1],
        count[2],
        count[3],
        count[4],
        count[5],
        count[6],
        count[7],
        (double) evaluations[0] / elements);
  }

  private static Verdict verdict(
      Known known, double[] x, int element, double factor, long seed, long[] evaluations) {
    return GradientCheck.of(
            v -> {
              evaluations[0]++;
              return known.f().applyAsDouble(v);
            },
            v -> {
              double[] g = known.gradient().apply(v);
              if (element >= 0) {
                g[element] *= factor;
              }
              return g;
            })
        .at(x)
        .seed(seed)
        .report()
        .verdict();
  }

  public static void main(String[] args) {
    int points = args.length == 0 ? 1000 : Integer.parseInt(args[0]);
    functions().parallelStream().map(known -> study(known, points)).forEach(System.out::println);
  }
}
