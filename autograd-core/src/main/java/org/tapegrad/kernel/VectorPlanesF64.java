package org.tapegrad.kernel;

import static jdk.incubator.vector.DoubleVector.fromArray;
import static org.tapegrad.kernel.VectorReductionF64.sumOfLanes;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over one run with the Vector API: four running sums, so that additions do not wait for
 * each other, put aside after every block, so that single precision does not lose digits. Loops
 * call nothing but the Vector API, as those of {@link VectorElementaryF64}.
 */
final class VectorPlanesF64 extends PlanesF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STEP = 4 * LANES;

  /** Elements that are summed before the sums are put aside. */
  private static final int BLOCK = 128 * STEP;

  /** Runs shorter than this are left to the plain loops. */
  private static final int SHORT = 2 * STEP;

  private final VectorReductionF64 reduction = new VectorReductionF64();
  private final PlainPlanesF64 plain = new PlainPlanesF64();

  /** The end of the part of [i, end) that is whole steps and at most one block. */
  private static int blockEnd(int i, int end) {
    return i + Math.min(BLOCK, (end - i) / STEP * STEP);
  }

  @Override
  /**/ double sum(double[] x, int offset, int n) {
    return reduction.sumOfRun(x, offset, n);
  }

  @Override
  void deviations(double[] x, int offset, int n, double mean, /**/ double[] sums) {
    int i = offset;
    int end = offset + n;
    while (end - i >= SHORT) {
      DoubleVector m = DoubleVector.broadcast(SPECIES, mean);
      DoubleVector a0 = DoubleVector.zero(SPECIES);
      DoubleVector a1 = a0;
      DoubleVector a2 = a0;
      DoubleVector a3 = a0;
      DoubleVector b0 = a0;
      DoubleVector b1 = a0;
      DoubleVector b2 = a0;
      DoubleVector b3 = a0;
      for (int stop = blockEnd(i, end); i < stop; i += STEP) {
        DoubleVector d0 = fromArray(SPECIES, x, i).sub(m);
        DoubleVector d1 = fromArray(SPECIES, x, i + LANES).sub(m);
        DoubleVector d2 = fromArray(SPECIES, x, i + 2 * LANES).sub(m);
        DoubleVector d3 = fromArray(SPECIES, x, i + 3 * LANES).sub(m);
        a0 = a0.add(d0);
        a1 = a1.add(d1);
        a2 = a2.add(d2);
        a3 = a3.add(d3);
        b0 = d0.fma(d0, b0);
        b1 = d1.fma(d1, b1);
        b2 = d2.fma(d2, b2);
        b3 = d3.fma(d3, b3);
      }
      sums[0] += sumOfLanes(a0.add(a1).add(a2.add(a3)));
      sums[1] += sumOfLanes(b0.add(b1).add(b2.add(b3)));
    }
    plain.deviations(x, i, end - i, mean, sums);
  }

  @Override
  void affine(
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double scale,
      double shift,
      double[] y) {
    DoubleVector m = DoubleVector.broadcast(SPECIES, mean);
    DoubleVector r = DoubleVector.broadcast(SPECIES, residual);
    DoubleVector a = DoubleVector.broadcast(SPECIES, scale);
    DoubleVector b = DoubleVector.broadcast(SPECIES, shift);
    int i = offset;
    int end = offset + n;
    for (; i <= end - LANES; i += LANES) {
      fromArray(SPECIES, x, i).sub(m).sub(r).fma(a, b).intoArray(y, i);
    }
    plain.affine(x, i, end - i, mean, residual, scale, shift, y);
  }

  @Override
  void products(
      double[] g, double[] x, int offset, int n, double mean, double residual, /**/ double[] sums) {
    /**/ double sum = 0;
    /**/ double product = 0;
    int i = offset;
    int end = offset + n;
    while (end - i >= SHORT) {
      DoubleVector m = DoubleVector.broadcast(SPECIES, mean);
      DoubleVector r = DoubleVector.broadcast(SPECIES, residual);
      DoubleVector a0 = DoubleVector.zero(SPECIES);
      DoubleVector a1 = a0;
      DoubleVector a2 = a0;
      DoubleVector a3 = a0;
      DoubleVector b0 = a0;
      DoubleVector b1 = a0;
      DoubleVector b2 = a0;
      DoubleVector b3 = a0;
      for (int stop = blockEnd(i, end); i < stop; i += STEP) {
        DoubleVector g0 = fromArray(SPECIES, g, i);
        DoubleVector g1 = fromArray(SPECIES, g, i + LANES);
        DoubleVector g2 = fromArray(SPECIES, g, i + 2 * LANES);
        DoubleVector g3 = fromArray(SPECIES, g, i + 3 * LANES);
        a0 = a0.add(g0);
        a1 = a1.add(g1);
        a2 = a2.add(g2);
        a3 = a3.add(g3);
        b0 = fromArray(SPECIES, x, i).sub(m).sub(r).fma(g0, b0);
        b1 = fromArray(SPECIES, x, i + LANES).sub(m).sub(r).fma(g1, b1);
        b2 = fromArray(SPECIES, x, i + 2 * LANES).sub(m).sub(r).fma(g2, b2);
        b3 = fromArray(SPECIES, x, i + 3 * LANES).sub(m).sub(r).fma(g3, b3);
      }
      sum += sumOfLanes(a0.add(a1).add(a2.add(a3)));
      product += sumOfLanes(b0.add(b1).add(b2.add(b3)));
    }
    plain.products(g, x, i, end - i, mean, residual, sums);
    sums[0] += sum;
    sums[1] += product;
  }

  @Override
  void combine(
      double[] g,
      double[] x,
      int offset,
      int n,
      double mean,
      double residual,
      double inverseDeviation,
      double a,
      double b,
      double c,
      double[] dx) {
    DoubleVector m = DoubleVector.broadcast(SPECIES, mean);
    DoubleVector r = DoubleVector.broadcast(SPECIES, residual);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, inverseDeviation);
    DoubleVector va = DoubleVector.broadcast(SPECIES, a);
    DoubleVector vb = DoubleVector.broadcast(SPECIES, -b);
    DoubleVector vc = DoubleVector.broadcast(SPECIES, -c);
    int i = offset;
    int end = offset + n;
    for (; i <= end - LANES; i += LANES) {
      DoubleVector constant = fromArray(SPECIES, x, i).sub(m).sub(r).mul(inverse).fma(vc, vb);
      fromArray(SPECIES, g, i).fma(va, constant).intoArray(dx, i);
    }
    plain.combine(g, x, i, end - i, mean, residual, inverseDeviation, a, b, c, dx);
  }
}
