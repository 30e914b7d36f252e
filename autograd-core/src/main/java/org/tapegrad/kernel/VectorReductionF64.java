package org.tapegrad.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums of runs with the Vector API. */
final class VectorReductionF64 extends PlainReductionF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STEP = 4 * LANES;

  /** Elements that are summed lane by lane, 64 in each, before the sums are put aside. */
  private static final int BLOCK = 64 * STEP;

  /**
   * The sum of the lanes, one after the other. reduceLanes leaves the order open, and on newer JDKs
   * changes it when C2 has compiled the loop: results would depend on when they were computed.
   */
  static /**/ double sumOfLanes(DoubleVector v) {
    /**/ double sum = 0;
    for (double lane : v.toArray()) {
      sum += lane;
    }
    return sum;
  }

  @Override
  /**/ double sumOfBlock(double[] a, int offset, int n) {
    /**/ double sum = 0;
    int i = offset;
    int end = offset + n / STEP * STEP;
    while (i < end) {
      DoubleVector p = DoubleVector.zero(SPECIES);
      DoubleVector q = p;
      DoubleVector r = p;
      DoubleVector s = p;
      for (int stop = Math.min(i + BLOCK, end); i < stop; i += STEP) {
        p = p.add(DoubleVector.fromArray(SPECIES, a, i));
        q = q.add(DoubleVector.fromArray(SPECIES, a, i + LANES));
        r = r.add(DoubleVector.fromArray(SPECIES, a, i + 2 * LANES));
        s = s.add(DoubleVector.fromArray(SPECIES, a, i + 3 * LANES));
      }
      sum += sumOfLanes(p.add(q).add(r.add(s)));
    }
    return sum + super.sumOfBlock(a, end, offset + n - end);
  }
}
