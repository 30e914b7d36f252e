package org.tapegrad.examples.style;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers that decide how a training goes.
 *
 * @param size of the square parts of photographs, in pixels
 * @param steps updates of the network
 * @param batch photographs in each step
 * @param contentWeight what the content counts for, in units of the style
 * @param learningRate of Adam, at its highest
 * @param seed decides on everything random
 */
record Settings(
    int size, int steps, int batch, double contentWeight, double learningRate, long seed) {
  /** What the command takes where nothing else is said. */
  static final Settings DEFAULT = new Settings(128, 800, 1, 0.18, 0.003, 1);

  private static final int LARGEST = 2048;

  /** These settings, or a failure that names the first wrong one. */
  Settings checked() {
    int cell = TransformerNetwork.CELL;
    int smallest = (FilterBank.SMALLEST + cell - 1) / cell * cell;
    require(size >= smallest, "--size", "at least " + smallest, size);
    require(size <= LARGEST, "--size", "at most " + LARGEST, size);
    require(size % cell == 0, "--size", "a multiple of " + cell, size);
    require(steps >= 1, "--steps", "at least 1", steps);
    require(batch >= 1 && batch <= 64, "--batch", "from 1 to 64", batch);
    require(isPositive(contentWeight, 0), "--content-weight", "a number >= 0", contentWeight);
    require(isPositive(learningRate, 1e-12), "--learning-rate", "a number > 0", learningRate);
    return this;
  }

  private static boolean isPositive(double value, double smallest) {
    return value >= smallest && Double.isFinite(value);
  }

  private static void require(boolean right, String option, String what, Number was) {
    if (!right) {
      throw Failure.usage(option + " must be " + what + ", was " + was);
    }
  }

  /**
   * The learning rate of a step, counted from 0: rises over the first steps, then falls to zero as
   * half a cosine.
   */
  double learningRate(int step) {
    double rising = Math.min(1, (step + 1) / 10.0);
    return learningRate * rising * 0.5 * (1 + Math.cos(Math.PI * step / steps));
  }

  /** A seed of its own for every step, so that a step is the same whatever came before it. */
  long seedOf(int step) {
    return seed * 0x9E3779B97F4A7C15L + step + 1;
  }

  /**
   * By the names of the options, what must not change when a training goes on: all but the steps.
   */
  Map<String, String> fixed() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("--size", String.valueOf(size));
    words.put("--batch", String.valueOf(batch));
    words.put("--content-weight", String.valueOf(contentWeight));
    words.put("--learning-rate", String.valueOf(learningRate));
    words.put("--seed", String.valueOf(seed));
    return words;
  }
}
