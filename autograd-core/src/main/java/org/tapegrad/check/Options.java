package org.tapegrad.check;

/**
 * How much a check may cost.
 *
 * @param seed start of all random directions and cotangents
 * @param directions random directions per input, each with its own cotangent
 * @param everyElement also every single element of every input
 * @param digits agreement that a correct gradient must at least be shown to have
 */
record Options(long seed, int directions, boolean everyElement, double digits) {
  static final Options DEFAULT = new Options(20160727, 2, false, 4);

  Options {
    if (directions < 1) {
      throw new IllegalArgumentException("directions must be at least 1, was " + directions);
    }
    if (!(digits > 0 && digits <= 14)) {
      throw new IllegalArgumentException("digits must be above 0 and at most 14, was " + digits);
    }
  }

  Options withSeed(long value) {
    return new Options(value, directions, everyElement, digits);
  }

  Options withDirections(int value) {
    return new Options(seed, value, everyElement, digits);
  }

  Options withEveryElement() {
    return new Options(seed, directions, true, digits);
  }

  Options withoutElements() {
    return new Options(seed, directions, false, digits);
  }

  Options withDigits(double value) {
    return new Options(seed, directions, everyElement, value);
  }
}
