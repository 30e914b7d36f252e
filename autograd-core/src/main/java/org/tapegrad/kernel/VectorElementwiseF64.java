package org.tapegrad.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The elementwise loops that C2 does not vectorise by itself. The last elements of a range are one
 * vector that overlaps those before, so that an element's value does not depend on its place; short
 * ranges are left to the plain loops.
 */
final class VectorElementwiseF64 extends PlainElementwiseF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Fewer elements than this are left to the plain loops. */
  private static final int SHORT = 64;

  VectorElementwiseF64() {
    super(new VectorElementaryF64());
  }

  @Override
  public void binary(
      Binary op,
      double[] a,
      int aOffset,
      int aStep,
      double[] b,
      int bOffset,
      int bStep,
      double[] out,
      int outOffset,
      int n) {
    if (n >= SHORT && aStep == 1 && bStep == 1 && op == Binary.GATE) {
      gate(a, aOffset, b, bOffset, out, outOffset, n);
    } else {
      super.binary(op, a, aOffset, aStep, b, bOffset, bStep, out, outOffset, n);
    }
  }

  private static DoubleVector load(double[] a, int i) {
    return DoubleVector.fromArray(SPECIES, a, i);
  }

  private static void gate(double[] a, int ao, double[] b, int bo, double[] out, int oo, int n) {
    DoubleVector last = gate(load(a, ao + n - LANES), load(b, bo + n - LANES));
    for (int i = 0; i < n - LANES; i += LANES) {
      gate(load(a, ao + i), load(b, bo + i)).intoArray(out, oo + i);
    }
    last.intoArray(out, oo + n - LANES);
  }

  private static DoubleVector gate(DoubleVector a, DoubleVector b) {
    return a.blend(0.0, b.compare(VectorOperators.LE, 0.0));
  }
}
