package org.tapegrad.kernel;

import static jdk.incubator.vector.DoubleVector.broadcast;
import static org.tapegrad.kernel.Coefficients.Double.*;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, log and the last pass of tanh with the Vector API, step by step as in {@link ElementaryF64},
 * which short runs and the rest of long ones are left to.
 *
 * <p>Each loop calls nothing but the Vector API: C2 always inlines that, and our own methods only
 * up to a limit, behind which vectors are boxed.
 */
final class VectorElementaryF64 extends ElementaryF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Fewer elements than this are left to the plain loops. */
  private static final int SHORT = 64;

  private static int end(int n) {
    return n < SHORT ? 0 : n - n % LANES;
  }

  @Override
  void exp(double[] x, int xo, double[] y, int yo, int n) {
    int end = end(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xo + i);
      v = v.max(ZERO_BELOW).min(INFINITE_ABOVE);
      DoubleVector sum = v.mul(LOG2_E).add(TO_EXPONENT);
      LongVector bits = sum.reinterpretAsLongs();
      LongVector half = bits.lanewise(VectorOperators.LSHR, 1);
      LongVector rest = bits.sub(half).lanewise(VectorOperators.LSHL, FRACTION_BITS);
      half = half.lanewise(VectorOperators.LSHL, FRACTION_BITS);
      DoubleVector scale1 = half.reinterpretAsDoubles();
      DoubleVector scale2 = rest.reinterpretAsDoubles();
      DoubleVector k = sum.sub(TO_EXPONENT);
      DoubleVector r = k.fma(broadcast(SPECIES, -LN2_HIGH), v);
      r = k.fma(broadcast(SPECIES, -LN2_LOW), r);
      DoubleVector p = broadcast(SPECIES, EXP[EXP.length - 1]);
      p = p.fma(r, broadcast(SPECIES, EXP[9])); // float64 only
      p = p.fma(r, broadcast(SPECIES, EXP[8])); // float64 only
      p = p.fma(r, broadcast(SPECIES, EXP[7])); // float64 only
      p = p.fma(r, broadcast(SPECIES, EXP[6])); // float64 only
      p = p.fma(r, broadcast(SPECIES, EXP[5])); // float64 only
      p = p.fma(r, broadcast(SPECIES, EXP[4]));
      p = p.fma(r, broadcast(SPECIES, EXP[3]));
      p = p.fma(r, broadcast(SPECIES, EXP[2]));
      p = p.fma(r, broadcast(SPECIES, EXP[1]));
      p = p.fma(r, broadcast(SPECIES, EXP[0]));
      p = r.mul(r).fma(p, r);
      p.add(1.0).mul(scale1).mul(scale2).intoArray(y, yo + i);
    }
    super.exp(x, xo + end, y, yo + end, n - end);
  }

  @Override
  void log(double[] x, int xo, double[] y, int yo, int n) {
    int end = end(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xo + i);
      VectorMask<Double> tiny = v.compare(VectorOperators.LT, SMALLEST_NORMAL);
      LongVector bits = v.blend(v.mul(TO_NORMAL), tiny).reinterpretAsLongs();
      LongVector exponent = bits.sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, FRACTION_BITS);
      DoubleVector k =
          exponent
              .add(TO_INTEGER_BITS)
              .reinterpretAsDoubles()
              .sub(broadcast(SPECIES, TO_INTEGER).blend(TO_INTEGER + FRACTION_BITS, tiny));
      DoubleVector f =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, FRACTION_BITS))
              .reinterpretAsDoubles()
              .sub(1.0);
      DoubleVector s = f.div(f.add(2.0));
      DoubleVector z = s.mul(s);
      DoubleVector halfSquare = f.mul(f).mul(0.5);
      DoubleVector p = broadcast(SPECIES, LOG[LOG.length - 1]);
      p = p.fma(z, broadcast(SPECIES, LOG[5])); // float64 only
      p = p.fma(z, broadcast(SPECIES, LOG[4])); // float64 only
      p = p.fma(z, broadcast(SPECIES, LOG[3])); // float64 only
      p = p.fma(z, broadcast(SPECIES, LOG[2]));
      p = p.fma(z, broadcast(SPECIES, LOG[1]));
      p = p.fma(z, broadcast(SPECIES, LOG[0]));
      p = s.fma(z.fma(p, halfSquare), k.mul(LN2_LOW));
      p = k.fma(broadcast(SPECIES, LN2_HIGH), f.sub(halfSquare.sub(p)));
      v.blend(p, v.compare(VectorOperators.LT, Double.POSITIVE_INFINITY))
          .blend(Double.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0.0))
          .blend(Double.NaN, v.compare(VectorOperators.LT, 0.0))
          .intoArray(y, yo + i);
    }
    super.log(x, xo + end, y, yo + end, n - end);
  }

  @Override
  void tanh(double[] x, double[] e, int n) {
    int end = end(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, i);
      DoubleVector one = v.reinterpretAsLongs().and(SIGN_BIT).or(ONE_BITS).reinterpretAsDoubles();
      DoubleVector a = v.abs();
      DoubleVector z = a.mul(a);
      DoubleVector p = broadcast(SPECIES, TANH[TANH.length - 1]);
      p = p.fma(z, broadcast(SPECIES, TANH[12])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[11])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[10])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[9])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[8])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[7])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[6])); // float64 only
      p = p.fma(z, broadcast(SPECIES, TANH[5]));
      p = p.fma(z, broadcast(SPECIES, TANH[4]));
      p = p.fma(z, broadcast(SPECIES, TANH[3]));
      p = p.fma(z, broadcast(SPECIES, TANH[2]));
      p = p.fma(z, broadcast(SPECIES, TANH[1]));
      p = p.fma(z, broadcast(SPECIES, TANH[0]));
      DoubleVector large =
          broadcast(SPECIES, 1)
              .sub(broadcast(SPECIES, 2).div(DoubleVector.fromArray(SPECIES, e, i).add(1.0)));
      large
          .blend(a.mul(z).fma(p, a), a.compare(VectorOperators.LT, TANH_BOUND))
          .mul(one)
          .intoArray(e, i);
    }
    for (int i = end; i < n; i++) {
      e[i] = tanh(x[i], e[i]);
    }
  }
}
