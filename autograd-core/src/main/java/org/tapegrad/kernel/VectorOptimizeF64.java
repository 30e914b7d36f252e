package org.tapegrad.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Adam with the Vector API; C2 does not vectorise a loop that writes three arrays. */
final class VectorOptimizeF64 extends PlainOptimizeF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  @Override
  void adam(double[] w, double[] g, double[] m, double[] v, Adam c, int from, int to) {
    int end = from + (to - from) / LANES * LANES;
    DoubleVector added = DoubleVector.broadcast(SPECIES, c.added());
    DoubleVector b1 = DoubleVector.broadcast(SPECIES, c.b1());
    DoubleVector b2 = DoubleVector.broadcast(SPECIES, c.b2());
    for (int i = from; i < end; i += LANES) {
      DoubleVector weight = DoubleVector.fromArray(SPECIES, w, i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, i).add(added.mul(weight));
      DoubleVector mean = b1.mul(DoubleVector.fromArray(SPECIES, m, i)).add(d.mul(c.c1()));
      DoubleVector square = b2.mul(DoubleVector.fromArray(SPECIES, v, i)).add(d.mul(c.c2()).mul(d));
      mean.intoArray(m, i);
      square.intoArray(v, i);
      DoubleVector deviation = square.sqrt().mul(c.root()).add(c.small());
      DoubleVector step = mean.mul(c.step()).div(deviation);
      step = step.blend(0, deviation.compare(VectorOperators.EQ, 0));
      weight.mul(c.scale()).sub(step).intoArray(w, i);
    }
    super.adam(w, g, m, v, c, end, to);
  }
}
