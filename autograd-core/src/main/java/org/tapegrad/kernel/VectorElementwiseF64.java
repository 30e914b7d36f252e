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

  @Override
  public void unary(Unary op, double[] a, double[] out, int from, int to) {
    if (to - from < SHORT) {
      super.unary(op, a, out, from, to);
      return;
    }
    switch (op) {
      case EXP -> exp(a, out, from, to);
      case LOG -> log(a, out, from, to);
      case TANH -> tanh(a, out, from, to);
      case SIGMOID -> sigmoid(a, out, from, to);
      default -> super.unary(op, a, out, from, to);
    }
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

  private static void exp(double[] a, double[] out, int from, int to) {
    DoubleVector last = load(a, to - LANES).lanewise(VectorOperators.EXP);
    for (int i = from; i < to - LANES; i += LANES) {
      load(a, i).lanewise(VectorOperators.EXP).intoArray(out, i);
    }
    last.intoArray(out, to - LANES);
  }

  private static void log(double[] a, double[] out, int from, int to) {
    DoubleVector last = load(a, to - LANES).lanewise(VectorOperators.LOG);
    for (int i = from; i < to - LANES; i += LANES) {
      load(a, i).lanewise(VectorOperators.LOG).intoArray(out, i);
    }
    last.intoArray(out, to - LANES);
  }

  private static void tanh(double[] a, double[] out, int from, int to) {
    DoubleVector last = load(a, to - LANES).lanewise(VectorOperators.TANH);
    for (int i = from; i < to - LANES; i += LANES) {
      load(a, i).lanewise(VectorOperators.TANH).intoArray(out, i);
    }
    last.intoArray(out, to - LANES);
  }

  private static void sigmoid(double[] a, double[] out, int from, int to) {
    DoubleVector last = sigmoid(load(a, to - LANES));
    for (int i = from; i < to - LANES; i += LANES) {
      sigmoid(load(a, i)).intoArray(out, i);
    }
    last.intoArray(out, to - LANES);
  }

  /** With e = exp(-|v|), which does not overflow: 1/(1 + e) for v &gt;= 0, else e/(1 + e). */
  private static DoubleVector sigmoid(DoubleVector v) {
    DoubleVector e = v.abs().neg().lanewise(VectorOperators.EXP);
    DoubleVector numerator = e.blend(1.0, v.compare(VectorOperators.GE, 0.0));
    return numerator.div(e.add(1));
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
