package org.tapegrad.check;

import java.util.Arrays;

/** One direction (or one element) tried: samples, both derivatives, and what follows from them. */
final class Trial {
  /** What one direction says. */
  enum Outcome {
    AGREES,
    FLAT,
    UNDETERMINED,
    KINK,
    ANALYTIC_NAN,
    NUMERIC_NAN,
    WRONG
  }

  /** A discrepancy, or a kink, counts from this multiple of its estimated error on. */
  static final double SURE = 10;

  /** A wrong gradient's Taylor remainder falls with slope 1; one that falls less is noise. */
  private static final double SHALLOW = 0.7;

  private static final double SMALLEST_KINK = 1e-6;
  private static final int TAIL = 6;
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
  final Outcome outcome;

  private final double digitsWanted;

  /** {@code finite} is the claim with zeros for what is not finite. */
  Trial(
      int input,
      int element,
      double[] direction,
      double[] claimed,
      double[] finite,
      StepLadder ladder,
      NoiseFloor floor,
      double digits) {
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
    this.digitsWanted = digits;
    this.outcome = judge(digits, true);
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
    for (int k = Math.max(first + 1, n - TAIL); k < n; k++) {
      double difference = Math.abs(ladder.central(k) - ladder.central(k - 1));
      if (k > n - TAIL && difference > before / 4) {
        largest = Math.max(largest, difference * ladder.h[k]);
      }
      before = difference;
    }
    return Math.max(largest, ladder.granularity());
  }

  private Outcome judge(double digits, boolean kinks) {
    if (edgeOfDomain()) {
      return Outcome.KINK;
    }
    if (!Double.isFinite(analytic)) {
      return Double.isInfinite(oneSided(true)) && Double.isInfinite(oneSided(false))
          ? Outcome.KINK
          : Outcome.ANALYTIC_NAN;
    }
    if (ladder.levels() - first < TAIL) {
      return Outcome.NUMERIC_NAN;
    }
    if (kinks && (jumps() || kinked())) {
      return Outcome.KINK;
    }
    double error = error();
    if (numeric.error() < Double.POSITIVE_INFINITY && discrepancy() > SURE * error) {
      return slope < SHALLOW ? Outcome.UNDETERMINED : Outcome.WRONG;
    }
    if (scale <= SURE * error) {
      return zeroToRounding() ? Outcome.FLAT : Outcome.UNDETERMINED;
    }
    return digits() >= digits ? Outcome.AGREES : Outcome.UNDETERMINED;
  }

  private boolean kinked() {
    return kink.excludes(0, SURE) && Math.abs(kink.value()) > SMALLEST_KINK * scale;
  }

  private Trial(Trial trial, Outcome outcome) {
    this.input = trial.input;
    this.element = trial.element;
    this.direction = trial.direction;
    this.ladder = trial.ladder;
    this.first = trial.first;
    this.noise = trial.noise;
    this.analytic = trial.analytic;
    this.analyticNoise = trial.analyticNoise;
    this.scale = trial.scale;
    this.numeric = trial.numeric;
    this.kink = trial.kink;
    this.slope = trial.slope;
    this.digitsWanted = trial.digitsWanted;
    this.outcome = outcome;
  }

  /** This trial judged without regard to a kink that no single element shows; it cannot agree. */
  Trial asIfSmooth() {
    Outcome smooth = judge(digitsWanted, false);
    return new Trial(this, smooth == Outcome.AGREES ? Outcome.UNDETERMINED : smooth);
  }

  /** Half of the neighbourhood is outside the domain, the other half is inside. */
  private boolean edgeOfDomain() {
    int last = ladder.levels() - 1;
    return Double.isFinite(ladder.centre)
        && Double.isFinite(ladder.plus[last]) != Double.isFinite(ladder.minus[last]);
  }

  /** The smallest steps all show the same change: a discontinuity. */
  private boolean jumps() {
    int last = ladder.levels() - 1;
    double change = ladder.plus[last] - ladder.minus[last];
    double size = Math.max(Math.abs(ladder.plus[last]), Math.abs(ladder.minus[last]));
    boolean same =
        Math.abs(change) > 1e6 * EPS * size
            && Math.abs(change) > 1e3 * ladder.h[last] * Math.abs(analytic);
    for (int k = last - TAIL; k < last; k++) {
      same &= Math.abs(ladder.plus[k] - ladder.minus[k] - change) < 0.01 * Math.abs(change);
    }
    return same;
  }

  private boolean zeroToRounding() {
    return Math.abs(analytic) <= SURE * analyticNoise;
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

  double valueNoise() {
    return noise[noise.length - 1] * ladder.h[noise.length - 1];
  }

  /**
   * One-sided derivative from above or below; infinite when the differences grow as the step
   * shrinks.
   */
  double oneSided(boolean above) {
    int n = ladder.levels();
    double[] d = new double[n];
    double[] spread = new double[n];
    int from = n;
    for (int k = n - 1; k >= 0; k--) {
      d[k] =
          above
              ? (ladder.plus[k] - ladder.centre - ladder.plusDrift[k]) / ladder.h[k]
              : (ladder.centre - ladder.minus[k] - ladder.drift[k] + ladder.plusDrift[k])
                  / ladder.h[k];
      spread[k] =
          Double.isFinite(noise[k])
              ? 2 * noise[k]
              : 4 * EPS * Math.abs(ladder.centre) / ladder.h[k];
      if (!Double.isFinite(d[k])) {
        break;
      }
      from = k;
    }
    if (from > n - TAIL) {
      return Double.NaN;
    }
    boolean grows = true;
    for (int k = n - TAIL + 1; k < n; k++) {
      grows &=
          Math.abs(d[k]) > 1.2 * Math.abs(d[k - 1])
              && Math.abs(d[k]) * ladder.h[k] > 1e3 * EPS * Math.abs(ladder.centre);
    }
    if (grows) {
      return d[n - 1] > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return Richardson.toZero(
            Arrays.copyOfRange(ladder.h, from, n),
            Arrays.copyOfRange(d, from, n),
            Arrays.copyOfRange(spread, from, n),
            1,
            1)
        .value();
  }
}
