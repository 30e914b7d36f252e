package org.tapegrad.check;

/**
 * Values of a function at x + h d and x - h d for h falling by a factor of four from {@link #top}
 * on.
 *
 * <p>The steps are those that were realised: x + h d is rounded, so {@code drift} keeps claimed ·
 * ((x+ - x-) - 2 h d), which a central difference must not count as change of the function along d.
 */
final class StepLadder {
  /** So many of the smallest steps tell noise, jumps and vertical tangents from the rest. */
  static final int TAIL = 6;

  /** The shape of a ladder: how many steps, from where, and how much smaller each is. */
  record Shape(int levels, double top, double ratio) {
    private static final int OWN = 24;

    /** Enough for most functions. */
    static final Shape FIRST = new Shape(20, 1, 4);

    /** Other steps, closer together and down to the last digits of x, for what looks suspicious. */
    static final Shape SECOND = new Shape(29, 0.71875, 3);

    /** The same again between its steps, to decide between two that differ. */
    static final Shape THIRD = SECOND.from(0.4375);

    /**
     * From the reach of an element at x down to where noise begins or the digits of x end, closer
     * together where that is near. Tops are multiples of 1/32, so that no step is rounded.
     */
    static Shape of(ElementScale scale, double x) {
      double end = Math.max(scale.seen() / 16, x == 0 ? 0 : 32 * Math.ulp(x));
      double octaves = Math.log(scale.reach() / end) / Math.log(2);
      int ratio = octaves < OWN ? 2 : 4;
      double levels = Math.max(TAIL + 2, Math.min(OWN, 1 + octaves / (ratio / 2)));
      return new Shape((int) levels, 1, ratio);
    }

    Shape from(double start) {
      return new Shape(levels, start, ratio);
    }
  }

  final double[] h;
  final double[] plus;
  final double[] minus;
  final double[] drift;
  final double[] plusDrift;
  final double centre;

  /** What the function threw last and where, empty if it did not. */
  private String thrown = "";

  private StepLadder(int levels, double centre) {
    this.h = new double[levels];
    this.plus = new double[levels];
    this.minus = new double[levels];
    this.drift = new double[levels];
    this.plusDrift = new double[levels];
    this.centre = centre;
  }

  /** Climbs down the ladder; {@code x[input]} is changed on the way and restored. */
  static StepLadder along(
      ScalarFunction function,
      double[][] x,
      int input,
      double[] d,
      double[] claimed,
      double centre,
      Shape shape) {
    StepLadder ladder = new StepLadder(shape.levels(), centre);
    double[] origin = x[input];
    double[] moved = origin.clone();
    double[] back = origin.clone();
    x[input] = moved;
    try {
      double step = shape.top();
      for (int k = 0; k < shape.levels(); k++, step /= shape.ratio()) {
        CompensatedSum drift = new CompensatedSum();
        CompensatedSum plusDrift = new CompensatedSum();
        for (int i = 0; i < d.length; i++) {
          if (d[i] != 0) {
            moved[i] = origin[i] + step * d[i];
            back[i] = origin[i] - step * d[i];
            double excess = (moved[i] - back[i]) - 2 * step * d[i];
            double plusExcess = (moved[i] - origin[i]) - step * d[i];
            if (excess != 0 || plusExcess != 0) {
              drift.addProduct(claimed[i], excess);
              plusDrift.addProduct(claimed[i], plusExcess);
            }
          }
        }
        ladder.h[k] = step;
        ladder.drift[k] = drift.value();
        ladder.plusDrift[k] = plusDrift.value();
        x[input] = moved;
        ladder.plus[k] = function.valueAround(x);
        x[input] = back;
        ladder.minus[k] = function.valueAround(x);
      }
    } finally {
      x[input] = origin;
    }
    ladder.thrown = function.thrown();
    return ladder;
  }

  String thrown() {
    return thrown;
  }

  int levels() {
    return h.length;
  }

  /** The first level from which every value down to the smallest step is finite. */
  int firstFinite() {
    int first = levels();
    while (first > 0 && Double.isFinite(plus[first - 1]) && Double.isFinite(minus[first - 1])) {
      first--;
    }
    return first;
  }

  /** Whether so few steps stay within the function's domain that a lower start would show more. */
  boolean tooSteep() {
    return firstFinite() > levels() / 3;
  }

  /** The largest step from which all smaller ones stay within the domain, or one below the last. */
  double firstFiniteStep() {
    int first = firstFinite();
    return first < levels() ? h[first] : h[first - 1] / 4;
  }

  /** Whether no step changes the value. */
  boolean isConstant() {
    boolean constant = true;
    for (int k = 0; k < levels(); k++) {
      constant &= plus[k] == centre && minus[k] == centre;
    }
    return constant;
  }

  /** The larger one-sided change at a level. */
  double change(int k) {
    return Math.max(Math.abs(plus[k] - centre), Math.abs(minus[k] - centre));
  }

  /**
   * The unit of which all values are multiples, if the smallest steps do not reach it: that of a
   * function computed in a coarser arithmetic than double. Zero for all others.
   */
  double granularity() {
    int last = levels() - 1;
    if (plus[last] != centre || minus[last] != centre) {
      return 0;
    }
    double unit = Double.POSITIVE_INFINITY;
    for (int k = firstFinite(); k < levels(); k++) {
      for (double change : new double[] {plus[k] - centre, minus[k] - centre}) {
        unit = change == 0 ? unit : Math.min(unit, lowestBit(change));
      }
    }
    return Double.isInfinite(unit) ? 0 : unit;
  }

  private static double lowestBit(double x) {
    int zeros = Long.numberOfTrailingZeros(Double.doubleToRawLongBits(x) | 1L << 52);
    return Math.ulp(x) * Math.scalb(1.0, zeros);
  }

  /** The central difference (f(x + h d) - f(x - h d)) / 2h. */
  double central(int k) {
    return (plus[k] - minus[k] - drift[k]) / (2 * h[k]);
  }

  /**
   * The jump of the one-sided derivatives, (f(x + h d) - 2 f(x) + f(x - h d)) / h, which vanishes
   * for a smooth function.
   */
  double kink(int k) {
    return ((plus[k] - centre) - (centre - minus[k]) - (2 * plusDrift[k] - drift[k])) / h[k];
  }

  /** The Taylor remainder f(x + h d) - f(x) - h · slope. */
  double remainder(int k, double slope) {
    return plus[k] - centre - plusDrift[k] - h[k] * slope;
  }
}
