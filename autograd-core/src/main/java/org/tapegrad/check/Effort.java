package org.tapegrad.check;

/**
 * How much a check may cost.
 *
 * @param seed start of all random directions and cotangents
 * @param directions random directions per input, each with its own cotangent
 * @param everyElement also every single element of every input
 * @param digits agreement that a correct gradient must at least be shown to have
 */
record Effort(long seed, int directions, boolean everyElement, double digits) {
  static final Effort DEFAULT = new Effort(20160727, 2, false, 4);

  Effort {
    if (directions < 1) {
      throw new IllegalArgumentException("directions must be at least 1, was " + directions);
    }
    if (!(digits > 0 && digits <= 14)) {
      throw new IllegalArgumentException("digits must be above 0 and at most 14, was " + digits);
    }
  }

  Effort withSeed(long value) {
    return new Effort(value, directions, everyElement, digits);
  }

  Effort withDirections(int value) {
    return new Effort(seed, value, everyElement, digits);
  }

  Effort withEveryElement() {
    return new Effort(seed, directions, true, digits);
  }

  Effort withoutElements() {
    return new Effort(seed, directions, false, digits);
  }

  Effort withDigits(double value) {
    return new Effort(seed, directions, everyElement, value);
  }
}
