package org.tapegrad.kernel;

/**
 * Sums and maxima of the middle axis of an array [outer, n, inner].
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Reduction<A> {

  /**
   * out[o, i] = sum over j of a[o, j, i]; 0 for n = 0. The order of additions depends on the sizes
   * alone; of float32 few elements are added up before their sum is put aside in float64.
   */
  void sum(A a, int outer, int n, int inner, A out);

  /** out[o, i] = maximum over j of a[o, j, i]; NaN if any is, -Infinity for n = 0. */
  void max(A a, int outer, int n, int inner, A out);
}
