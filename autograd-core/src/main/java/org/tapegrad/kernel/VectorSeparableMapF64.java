package org.tapegrad.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * All taps of a vector of results in one pass. The last results of a row are one vector that
 * overlaps those before.
 */
final class VectorSeparableMapF64 extends PlainSeparableMapF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Every second number of a vector, twice. */
  private static final VectorShuffle<Double> SECOND =
      VectorShuffle.fromOp(SPECIES, lane -> 2 * lane % LANES);

  private static final VectorMask<Double> UPPER = VectorMask.fromLong(SPECIES, -1L << LANES / 2);

  @Override
  void shifted(
      int taps,
      double[] w,
      int[] index,
      int tap,
      double[] in,
      int from,
      int scale,
      int n,
      double[] out,
      int at) {
    if (n < LANES) {
      super.shifted(taps, w, index, tap, in, from, scale, n, out, at);
      return;
    }
    for (int i = 0; i < n; i += LANES) {
      int j = Math.min(i, n - LANES);
      DoubleVector sum =
          DoubleVector.fromArray(SPECIES, in, from + index[tap] * scale + j).mul(w[tap]);
      for (int t = tap + 1; t < tap + taps; t++) {
        sum =
            DoubleVector.fromArray(SPECIES, in, from + index[t] * scale + j)
                .fma(DoubleVector.broadcast(SPECIES, w[t]), sum);
      }
      sum.intoArray(out, at + j);
    }
  }

  @Override
  void strided(
      int taps,
      double[] w,
      int[] index,
      double[] in,
      int from,
      int step,
      int n,
      double[] out,
      int at) {
    if (n < LANES) {
      super.strided(taps, w, index, in, from, step, n, out, at);
      return;
    }
    int[] steps = new int[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      steps[lane] = lane * step;
    }
    for (int i = 0; i < n; i += LANES) {
      int j = Math.min(i, n - LANES);
      DoubleVector sum = every(step, in, from + index[0] + j * step, steps).mul(w[0]);
      for (int t = 1; t < taps; t++) {
        sum =
            every(step, in, from + index[t] + j * step, steps)
                .fma(DoubleVector.broadcast(SPECIES, w[t]), sum);
      }
      sum.intoArray(out, at + j);
    }
  }

  /**
   * in[i + lane·step]; every second number is cheaper shuffled out of two vectors than gathered.
   */
  private static DoubleVector every(int step, double[] in, int i, int[] steps) {
    if (step == 2 && i + 2 * LANES <= in.length) {
      return DoubleVector.fromArray(SPECIES, in, i)
          .rearrange(SECOND)
          .blend(DoubleVector.fromArray(SPECIES, in, i + LANES).rearrange(SECOND), UPPER);
    }
    return DoubleVector.fromArray(SPECIES, in, i, steps, 0);
  }

  @Override
  void copies(int[] index, double[] in, int from, int n, double[] out, int at) {
    if (n < LANES) {
      super.copies(index, in, from, n, out, at);
      return;
    }
    for (int i = 0; i < n; i += LANES) {
      int j = Math.min(i, n - LANES);
      DoubleVector.fromArray(SPECIES, in, from, index, j).intoArray(out, at + j);
    }
  }

  @Override
  void gathered(
      int taps, double[] w, int[] index, double[] in, int from, int n, double[] out, int at) {
    if (n < LANES) {
      super.gathered(taps, w, index, in, from, n, out, at);
      return;
    }
    for (int i = 0; i < n; i += LANES) {
      int j = Math.min(i, n - LANES);
      DoubleVector sum =
          DoubleVector.fromArray(SPECIES, in, from, index, j)
              .mul(DoubleVector.fromArray(SPECIES, w, j));
      for (int t = n + j; t < taps * n; t += n) {
        sum =
            DoubleVector.fromArray(SPECIES, in, from, index, t)
                .fma(DoubleVector.fromArray(SPECIES, w, t), sum);
      }
      sum.intoArray(out, at + j);
    }
  }
}
