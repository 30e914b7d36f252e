package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.SPECIES;

import java.util.function.IntPredicate;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Copies between consecutive numbers and every second one, for convolutions of stride two. */
final class EverySecondF64 {
  private static final VectorShuffle<Double> EVEN =
      VectorShuffle.fromOp(SPECIES, i -> 2 * i % LANES);
  private static final VectorShuffle<Double> LOWER_TWICE =
      VectorShuffle.fromOp(SPECIES, i -> i / 2);
  private static final VectorShuffle<Double> UPPER_TWICE =
      VectorShuffle.fromOp(SPECIES, i -> (LANES + i) / 2);
  private static final VectorMask<Double> UPPER_LANES = mask(i -> 2 * i >= LANES);
  private static final VectorMask<Double> EVEN_LANES = mask(i -> i % 2 == 0);

  private EverySecondF64() {}

  private static VectorMask<Double> mask(IntPredicate lanes) {
    boolean[] bits = new boolean[LANES];
    for (int i = 0; i < LANES; i++) {
      bits[i] = lanes.test(i);
    }
    return VectorMask.fromArray(SPECIES, bits, 0);
  }

  /** to[toAt + q] = from[at + 2q] for q in [0, n). */
  static void gather(double[] from, int at, int n, double[] to, int toAt) {
    int q = 0;
    for (; q + LANES <= n && at + 2 * (q + LANES) <= from.length; q += LANES) {
      DoubleVector lower = DoubleVector.fromArray(SPECIES, from, at + 2 * q).rearrange(EVEN);
      DoubleVector upper =
          DoubleVector.fromArray(SPECIES, from, at + 2 * q + LANES).rearrange(EVEN);
      lower.blend(upper, UPPER_LANES).intoArray(to, toAt + q);
    }
    for (; q < n; q++) {
      to[toAt + q] = from[at + 2 * q];
    }
  }

  /** to[toAt + 2q] = from[at + q] for q in [0, n). */
  static void scatter(double[] from, int at, int n, double[] to, int toAt) {
    int q = 0;
    for (; q + LANES < n; q += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, from, at + q);
      int lower = toAt + 2 * q;
      int upper = lower + LANES;
      DoubleVector.fromArray(SPECIES, to, lower)
          .blend(v.rearrange(LOWER_TWICE), EVEN_LANES)
          .intoArray(to, lower);
      DoubleVector.fromArray(SPECIES, to, upper)
          .blend(v.rearrange(UPPER_TWICE), EVEN_LANES)
          .intoArray(to, upper);
    }
    for (; q < n; q++) {
      to[toAt + 2 * q] = from[at + q];
    }
  }
}
