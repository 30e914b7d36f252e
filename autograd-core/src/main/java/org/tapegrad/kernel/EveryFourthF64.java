package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.SPECIES;

import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Copies between lines of consecutive numbers and four parts of each, part p being every fourth
 * number from p on.
 *
 * <p>Four vectors hold a line; a quarter of the lanes of each belongs to one part. The quarters are
 * rotated, a different way in each vector, such that those of one part stand in different places;
 * blends then collect them, and a last rotation puts them in order. The way back is the inverse.
 */
final class EveryFourthF64 {
  private static final int QUARTER = LANES / 4;

  /** Lane l of vector m goes to quarter (l + m) mod 4, for m = 0, 1, 2, 3. */
  private static final VectorShuffle<Double> PART0 = shuffle(0, false);

  private static final VectorShuffle<Double> PART1 = shuffle(1, false);
  private static final VectorShuffle<Double> PART2 = shuffle(2, false);
  private static final VectorShuffle<Double> PART3 = shuffle(3, false);
  private static final VectorShuffle<Double> JOIN0 = shuffle(0, true);
  private static final VectorShuffle<Double> JOIN1 = shuffle(1, true);
  private static final VectorShuffle<Double> JOIN2 = shuffle(2, true);
  private static final VectorShuffle<Double> JOIN3 = shuffle(3, true);

  /** Quarters go r places up. */
  private static final VectorShuffle<Double> UP1 = rotation(1);

  private static final VectorShuffle<Double> UP2 = rotation(2);
  private static final VectorShuffle<Double> UP3 = rotation(3);
  private static final VectorMask<Double> SECOND = mask(1);
  private static final VectorMask<Double> THIRD = mask(2);
  private static final VectorMask<Double> FOURTH = mask(3);

  private EveryFourthF64() {}

  private static VectorShuffle<Double> shuffle(int m, boolean join) {
    return VectorShuffle.fromOp(
        SPECIES,
        i -> join ? (i + m) % 4 * QUARTER + i / 4 : i % QUARTER * 4 + (i / QUARTER + 4 - m) % 4);
  }

  private static VectorShuffle<Double> rotation(int r) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + LANES - r * QUARTER) % LANES);
  }

  private static VectorMask<Double> mask(int quarter) {
    boolean[] bits = new boolean[LANES];
    IntStream.range(0, LANES).forEach(i -> bits[i] = i / QUARTER == quarter);
    return VectorMask.fromArray(SPECIES, bits, 0);
  }

  /** to[toAt + line·toStep + p·partStep + i] = from[at + line·step + 4i + p], i in a vector. */
  static void part(
      int lines, double[] from, int at, int step, double[] to, int toAt, int toStep, int partStep) {
    for (int line = 0; line < lines; line++) {
      int j = at + line * step;
      DoubleVector a = DoubleVector.fromArray(SPECIES, from, j).rearrange(PART0);
      DoubleVector b = DoubleVector.fromArray(SPECIES, from, j + LANES).rearrange(PART1);
      DoubleVector c = DoubleVector.fromArray(SPECIES, from, j + 2 * LANES).rearrange(PART2);
      DoubleVector d = DoubleVector.fromArray(SPECIES, from, j + 3 * LANES).rearrange(PART3);
      int t = toAt + line * toStep;
      a.blend(b, SECOND).blend(c, THIRD).blend(d, FOURTH).intoArray(to, t);
      t += partStep;
      d.blend(a, SECOND).blend(b, THIRD).blend(c, FOURTH).rearrange(UP3).intoArray(to, t);
      t += partStep;
      c.blend(d, SECOND).blend(a, THIRD).blend(b, FOURTH).rearrange(UP2).intoArray(to, t);
      t += partStep;
      b.blend(c, SECOND).blend(d, THIRD).blend(a, FOURTH).rearrange(UP1).intoArray(to, t);
    }
  }

  /** to[toAt + line·toStep + 4i + p] = from[at + line·step + p·partStep + i], i in a vector. */
  static void join(
      int lines, double[] from, int at, int step, int partStep, double[] to, int toAt, int toStep) {
    for (int line = 0; line < lines; line++) {
      int j = at + line * step;
      DoubleVector a = DoubleVector.fromArray(SPECIES, from, j);
      j += partStep;
      DoubleVector b = DoubleVector.fromArray(SPECIES, from, j).rearrange(UP1);
      j += partStep;
      DoubleVector c = DoubleVector.fromArray(SPECIES, from, j).rearrange(UP2);
      j += partStep;
      DoubleVector d = DoubleVector.fromArray(SPECIES, from, j).rearrange(UP3);
      int t = toAt + line * toStep;
      a.blend(b, SECOND).blend(c, THIRD).blend(d, FOURTH).rearrange(JOIN0).intoArray(to, t);
      t += LANES;
      d.blend(a, SECOND).blend(b, THIRD).blend(c, FOURTH).rearrange(JOIN1).intoArray(to, t);
      t += LANES;
      c.blend(d, SECOND).blend(a, THIRD).blend(b, FOURTH).rearrange(JOIN2).intoArray(to, t);
      t += LANES;
      b.blend(c, SECOND).blend(d, THIRD).blend(a, FOURTH).rearrange(JOIN3).intoArray(to, t);
    }
  }
}
