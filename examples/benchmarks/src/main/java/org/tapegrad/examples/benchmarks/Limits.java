package org.tapegrad.examples.benchmarks;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Parallel;

/** What this machine can do at best: move bytes, and multiply and add. */
final class Limits {
  private static final int FMA_LOOPS = 1 << 20;
  private static final int CHAINS = 10;

  /** Keeps the compiler from dropping the arithmetic. */
  private static volatile double sink;

  private Limits() {}

  /**
   * A copy on all cores that moves the given number of bytes, half of them read and half written.
   */
  static Runnable copy(DType dtype, long bytes) {
    int n = (int) Math.max(1, bytes / 2 / dtype.bytes());
    Object from = NdArray.zeros(dtype, n).data();
    Object to = NdArray.zeros(dtype, n).data();
    return () ->
        Parallel.forEach(
            n, 1, (start, end) -> System.arraycopy(from, start, to, start, end - start));
  }

  /** Multiplications and additions that {@link #fma} performs on the given number of cores. */
  static double fmaFlops(DType dtype, int cores) {
    int lanes =
        dtype == DType.FLOAT64
            ? DoubleVector.SPECIES_PREFERRED.length()
            : FloatVector.SPECIES_PREFERRED.length();
    return 2.0 * lanes * CHAINS * FMA_LOOPS * cores;
  }

  /** Fused multiply-adds that stay in registers, on all cores. */
  static Runnable fma(DType dtype, int cores) {
    return () ->
        Parallel.forEach(
            cores,
            Long.MAX_VALUE / cores,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                sink = dtype == DType.FLOAT64 ? fma64() : fma32();
              }
            });
  }

  private static double fma64() {
    DoubleVector m = DoubleVector.broadcast(DoubleVector.SPECIES_PREFERRED, 0.999);
    DoubleVector p = DoubleVector.broadcast(DoubleVector.SPECIES_PREFERRED, 1e-3);
    DoubleVector a = p, b = p, c = p, d = p, e = p, f = p, g = p, h = p, i = p, j = p;
    for (int loop = 0; loop < FMA_LOOPS; loop++) {
      a = a.fma(m, p);
      b = b.fma(m, p);
      c = c.fma(m, p);
      d = d.fma(m, p);
      e = e.fma(m, p);
      f = f.fma(m, p);
      g = g.fma(m, p);
      h = h.fma(m, p);
      i = i.fma(m, p);
      j = j.fma(m, p);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
  }

  private static double fma32() {
    FloatVector m = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 0.999f);
    FloatVector p = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 1e-3f);
    FloatVector a = p, b = p, c = p, d = p, e = p, f = p, g = p, h = p, i = p, j = p;
    for (int loop = 0; loop < FMA_LOOPS; loop++) {
      a = a.fma(m, p);
      b = b.fma(m, p);
      c = c.fma(m, p);
      d = d.fma(m, p);
      e = e.fma(m, p);
      f = f.fma(m, p);
      g = g.fma(m, p);
      h = h.fma(m, p);
      i = i.fma(m, p);
      j = j.fma(m, p);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
  }
}
