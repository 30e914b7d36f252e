package org.tapegrad.check;

import java.util.Arrays;

/**
 * The derivative of a function along one direction, numeric and claimed, with what is known of the
 * errors of both.
 */
final class DirectionalDerivative {
  private static final double EPS = 0x1p-53;

  final int input;

  /** The element, or -1 for a direction through many. */
  final int element;

  final double[] direction;
  final StepLadder ladder;
  final int first;
  final double[] noise;
  final double analytic;
  final double analyticNoise;
  final double scale;
  final Estimate numeric;
  final Estimate kink;
  final double slope;

  /** {@code finite} is the claim with zeros for what is not finite. */
  DirectionalDerivative(
      int input,
      int element,
      double[] direction,
      double[] claimed,
      double[] finite,
      StepLadder ladder,
      NoiseFloor floor) {
    this.input = input;
    this.element = element;
    this.direction = direction;
    this.ladder = ladder;
    this.first = ladder.firstFinite();
    this.analytic =
        element >= 0
            ? claimed[element] * direction[element]
            : CompensatedSum.dot(finite, direction);
    this.analyticNoise = floor.ofClaim(input, finite, direction);
    double valueNoise = Math.max(floor.value(), scatter());
    this.noise = new double[ladder.levels()];
    for (int k = 0; k < noise.length; k++) {
      double size = Math.max(Math.abs(ladder.plus[k]), Math.abs(ladder.minus[k]));
      noise[k] = Math.max(valueNoise, EPS * size) / ladder.h[k];
    }
    this.numeric = extrapolate(false);
    this.kink = extrapolate(true);
    double derivatives = Math.max(Math.abs(analytic), Math.abs(numeric.value()));
    this.scale = Math.max(derivatives, size(finite));
    this.slope = TaylorRemainder.slope(ladder, first, analytic, 2 * valueNoise);
  }

  /** What the derivative is measured against: of one element, the largest of its input. */
  private double size(double[] claimed) {
    if (element < 0) {
      return NoiseFloor.length(claimed, direction);
    }
    double largest = 0;
    for (double g : claimed) {
      largest = Math.max(largest, Math.abs(g));
    }
    return largest * Math.abs(direction[element]);
  }

  private Estimate extrapolate(boolean kinks) {
    int n = ladder.levels() - first;
    double[] d = new double[n];
    double[] spread = new double[n];
    for (int k = 0; k < n; k++) {
      d[k] = kinks ? ladder.kink(first + k) : ladder.central(first + k);
      spread[k] = kinks ? 4 * noise[first + k] : noise[first + k];
    }
    double[] h = Arrays.copyOfRange(ladder.h, first, ladder.levels());
    return Richardson.toZero(h, d, spread, kinks ? 1 : 2, 2);
  }

  /** Noise as the smallest steps show it: differences that do not shrink as truncation would. */
  private double scatter() {
    int n = ladder.levels();
    double largest = 0;
    double before = 0;
    for (int k = Math.max(first + 1, n - StepLadder.TAIL); k < n; k++) {
      double difference = Math.abs(ladder.central(k) - ladder.central(k - 1));
      if (k > n - StepLadder.TAIL && difference > before / 4) {
        largest = Math.max(largest, difference * ladder.h[k]);
      }
      before = difference;
    }
    return Math.max(largest, ladder.granularity());
  }

  /** The error that the numerical derivative and the rounding of the claim explain together. */
  double error() {
    return numeric.error() + analyticNoise;
  }

  double discrepancy() {
    return Math.abs(analytic - numeric.value());
  }

  /** Decimal digits to which both derivatives are known to agree. */
  double digits() {
    double relative = Math.max(discrepancy(), numeric.error()) / scale;
    return scale == 0 ? 0 : Math.max(0, Math.min(15.5, -Math.log10(relative)));
  }

  /** Decimal digits that the numerical derivative has. */
  double reachable() {
    return scale == 0 ? 0 : Math.max(0, Math.min(15.5, -Math.log10(numeric.error() / scale)));
  }

  /** The derivative from above; see {@link OneSided}. */
  double above() {
    return OneSided.derivative(ladder, noise, true);
  }

  /** The derivative from below. */
  double below() {
    return OneSided.derivative(ladder, noise, false);
  }

  double valueNoise() {
    return noise[noise.length - 1] * ladder.h[noise.length - 1];
  }
}
