package org.tapegrad.examples.style;

import java.io.Serializable;
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
 * @param appearance what colours, roughness and tone count for
 */
record Settings(
    int size,
    int steps,
    int batch,
    double contentWeight,
    double learningRate,
    long seed,
    Appearance.Weights appearance)
    implements Serializable {
  /** What the command takes where nothing else is said. */
  static final Settings DEFAULT = new Settings(128, 800, 1, 0.18, 0.003, 2);

  private static final int LARGEST = 2048;
  private static final int MOST_IMAGES = 4096;

  /** With the usual weights of appearance. */
  Settings(int size, int steps, int batch, double contentWeight, double learningRate, long seed) {
    this(size, steps, batch, contentWeight, learningRate, seed, Appearance.Weights.DEFAULT);
  }

  /** These settings, or a failure that names the first wrong one. */
  Settings checked() {
    int cell = TransformerNetwork.CELL;
    int smallest = (FilterBank.SMALLEST + cell - 1) / cell * cell;
    require(size >= smallest, "--size", "at least " + smallest, size);
    require(size <= LARGEST, "--size", "at most " + LARGEST, size);
    require(size % cell == 0, "--size", "a multiple of " + cell, size);
    require(steps >= 1, "--steps", "at least 1", steps);
    require(batch >= 1 && batch <= MOST_IMAGES, "--batch", "from 1 to " + MOST_IMAGES, batch);
    requireWeight("--content-weight", contentWeight);
    requireWeight("--colour-weight", appearance.colours());
    requireWeight("--smoothness", appearance.roughness());
    requireWeight("--tone-weight", appearance.tone());
    require(isPositive(learningRate, 1e-12), "--learning-rate", "a number > 0", learningRate);
    return this;
  }

  private static boolean isPositive(double value, double smallest) {
    return value >= smallest && Double.isFinite(value);
  }

  private static void requireWeight(String option, double weight) {
    require(isPositive(weight, 0), option, "a number >= 0", weight);
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

  /** What is random in a training. */
  enum Use {
    WEIGHTS,
    CROPS,
    NOISE
  }

  /**
   * A seed for every use and image of the training, so that an image is the same whatever came
   * before it. Mixed: seeds that differ by a multiple of SplittableRandom's increment give one
   * stream, shifted.
   */
  long seedOf(Use use, long image) {
    return mixed(mixed(mixed(seed) + use.ordinal()) + image);
  }

  /** Stafford's mix 13, a bijection in which every bit of the result depends on all of z. */
  private static long mixed(long z) {
    long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    long x = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return x ^ x >>> 31;
  }

  /**
   * By the names of the options, what must not change when a training goes on: all but the steps.
   */
  Map<String, String> fixed() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("--size", String.valueOf(size));
    words.put("--batch", String.valueOf(batch));
    words.put("--content-weight", String.valueOf(contentWeight));
    words.put("--colour-weight", String.valueOf(appearance.colours()));
    words.put("--smoothness", String.valueOf(appearance.roughness()));
    words.put("--tone-weight", String.valueOf(appearance.tone()));
    words.put("--learning-rate", String.valueOf(learningRate));
    words.put("--seed", String.valueOf(seed));
    return words;
  }
}
