package org.tapegrad.check;

import java.util.Arrays;

/**
 * The derivative of a function along one direction, numeric and claimed, with what is known of the
 * errors of both.
 */
final class DirectionalDerivative {
  private static final double EPS = 0x1p-53;

  /** Half the digits of a double: what stands so far above noise is no accident. */
  private static final double OBVIOUS = 0x1p24;

  /** As many digits as a check must show. */
  private static final double CLEAR = 1e4;

  final int input;

  /** The element, or -1 for a direction through many. */
  final int element;

  final double[] direction;
  final StepLadder ladder;
  final int first;
  final double[] noise;
  final double analytic;
  final double analyticNoise;

  /** How far the claim may be off by the bias that was stated for it. */
  final double bias;

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
      NoiseFloor floor,
      double agreeingTo) {
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
    double terms = 0;
    for (int i = 0; i < direction.length; i++) {
      terms += Math.abs(finite[i] * direction[i]);
    }
    this.bias = agreeingTo == 0 ? 0 : agreeingTo * Math.max(terms, derivatives);
    this.scale = Math.max(derivatives, size(finite));
    this.slope = TaylorRemainder.slope(ladder, first, analytic, 2 * valueNoise);
  }

  /** What the derivative is measured against besides itself, as terms of a direction may cancel. */
  private double size(double[] claimed) {
    return element < 0 ? NoiseFloor.length(claimed, direction) : 0;
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

  /** The discrepancy beyond the bias that was stated. */
  double unexplained() {
    return Math.max(0, discrepancy() - bias);
  }

  /** Whether the numerical derivative may be zero. */
  boolean isZero(double sure) {
    return Math.abs(numeric.value()) <= sure * numeric.error();
  }

  /**
   * Whether the function shows so clearly what it does that zero is an answer: not a bit of it
   * changes, or it moves regularly, or the claim predicts more than could be overlooked of a value
   * with half of its digits at least. A value that is noise throughout may vary between the steps.
   */
  boolean showsZero() {
    boolean hasDigits = valueNoise() * OBVIOUS < Math.abs(ladder.centre);
    return ladder.isConstant()
        || nearSecant() > CLEAR * noise[finest()]
        || hasDigits && Math.abs(analytic) > OBVIOUS * noise[first];
  }

  /**
   * Whether a stationary point is seen: derivative and claim are zero to within their errors, and
   * the function moves.
   */
  boolean isStationary(double sure) {
    return isZero(sure)
        && Math.abs(analytic) <= sure * analyticNoise
        && nearSecant() > sure * numeric.error();
  }

  /**
   * The mean slope over the finest step that the numerical derivative rests on, which a derivative
   * of zero is measured against: farther away the function may be another.
   */
  private double nearSecant() {
    int k = finest();
    return k < ladder.levels() ? ladder.change(k) / ladder.h[k] : 0;
  }

  /** The level of the finest step that the numerical derivative rests on. */
  private int finest() {
    int k = first;
    while (k < ladder.levels() - 1 && ladder.h[k] > numeric.step()) {
      k++;
    }
    return k;
  }

  /** Decimal digits to which both derivatives are known to agree. */
  double digits() {
    return digits(Math.max(discrepancy(), numeric.error()));
  }

  /** The same but for the bias that was stated. */
  double digitsBesidesBias() {
    return digits(Math.max(unexplained(), numeric.error()));
  }

  /** Decimal digits that the numerical derivative has. */
  double reachable() {
    return digits(numeric.error());
  }

  private double digits(double error) {
    double unit =
        scale <= Outcome.SURE * error() && isStationary(Outcome.SURE) ? nearSecant() : scale;
    return unit == 0 || Double.isNaN(error / unit)
        ? 0
        : Math.max(0, Math.min(15.5, -Math.log10(error / unit)));
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
