package org.tapegrad.examples.style;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Small filters by formula, size x size, row by row, y downwards. Each sums to zero, so that it
 * does not see a constant, and its absolute values sum to one.
 */
final class Gabor {
  /** Width and height in pixels. */
  static final int SIZE = 7;

  private static final int ORIENTATIONS = 6;
  private static final double[] WAVELENGTHS = {3.5, 5};
  private static final double[] PHASES = {0, Math.PI / 2};

  /** Standard deviation of the envelope, in wavelengths. */
  private static final double ENVELOPE = 0.45;

  private Gabor() {}

  /** Gabor pairs at 6 orientations and 2 wavelengths, then one centre-surround filter: 25. */
  static List<double[]> bank() {
    List<double[]> filters = new ArrayList<>();
    for (double wavelength : WAVELENGTHS) {
      for (int o = 0; o < ORIENTATIONS; o++) {
        for (double phase : PHASES) {
          filters.add(gabor(wavelength, Math.PI * o / ORIENTATIONS, phase));
        }
      }
    }
    filters.add(centreSurround());
    return filters;
  }

  /** exp(-(x² + y²) / 2σ²) cos(2π u / λ + phase), u = x cos θ + y sin θ (Daugman 1985). */
  private static double[] gabor(double wavelength, double angle, double phase) {
    double sigma = ENVELOPE * wavelength;
    double[] envelope = sample((x, y) -> gaussian(x, y, sigma));
    double[] filter =
        sample(
            (x, y) -> {
              double u = x * Math.cos(angle) + y * Math.sin(angle);
              return gaussian(x, y, sigma) * Math.cos(2 * Math.PI * u / wavelength + phase);
            });
    return normalised(minus(filter, envelope, sum(filter) / sum(envelope)));
  }

  /** The difference of two Gaussians of σ = 1 and σ = 2 (Wilson and Bergen 1979). */
  private static double[] centreSurround() {
    double[] centre = sample((x, y) -> gaussian(x, y, 1));
    double[] surround = sample((x, y) -> gaussian(x, y, 2));
    return normalised(minus(centre, surround, sum(centre) / sum(surround)));
  }

  private static double gaussian(double x, double y, double sigma) {
    return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
  }

  private static double[] sample(DoubleBinaryOperator f) {
    double[] filter = new double[SIZE * SIZE];
    int r = SIZE / 2;
    for (int i = 0; i < filter.length; i++) {
      filter[i] = f.applyAsDouble(i % SIZE - r, i / SIZE - r);
    }
    return filter;
  }

  private static double[] minus(double[] a, double[] b, double factor) {
    double[] difference = a.clone();
    for (int i = 0; i < a.length; i++) {
      difference[i] -= factor * b[i];
    }
    return difference;
  }

  private static double[] normalised(double[] filter) {
    double norm = 0;
    for (double v : filter) {
      norm += Math.abs(v);
    }
    double[] result = filter.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] /= norm;
    }
    return result;
  }

  private static double sum(double[] filter) {
    double sum = 0;
    for (double v : filter) {
      sum += v;
    }
    return sum;
  }
}
