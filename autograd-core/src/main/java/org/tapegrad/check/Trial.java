package org.tapegrad.check;

/**
 * One direction, or one element, that was tried.
 *
 * @param derivative the derivative along it, numeric and claimed
 * @param outcome what follows
 * @param reason what hides the answer of an element that is undetermined, else empty
 */
record Trial(DirectionalDerivative derivative, Outcome outcome, String reason) {

  Trial(DirectionalDerivative derivative, Outcome outcome) {
    this(derivative, outcome, "");
  }

  /** A trial that agrees only if agreement to so many digits is shown. */
  static Trial of(DirectionalDerivative derivative, double digits) {
    return new Trial(derivative, Outcome.of(derivative, digits, true));
  }

  /** This trial judged without regard to a kink that no single element shows; it cannot agree. */
  Trial asIfSmooth(double digits) {
    Outcome smooth = Outcome.of(derivative, digits, false);
    return new Trial(derivative, smooth == Outcome.AGREES ? Outcome.UNDETERMINED : smooth);
  }

  int input() {
    return derivative.input;
  }

  /** The element, or -1 for a direction through many. */
  int element() {
    return derivative.element;
  }
}
