package org.tapegrad.kernel;

/**
 * Sums, means and maxima of the middle axis of an array [outer, n, inner].
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Reductions<A> {

  /**
   * out[o, i] = sum over j of a[o, j, i]; 0 for n = 0. The order of additions depends on the sizes
   * alone; of float32 few elements are added up before their sum is put aside in float64.
   */
  void sum(A a, int outer, int n, int inner, A out);

  /**
   * out[o, i] = mean over j of a[o, j, i], also where the sum would leave the range of the type;
   * NaN for n = 0. Of float32 the sums are float64, so the mean of a constant is that constant.
   */
  void mean(A a, int outer, int n, int inner, A out);

  /** out[o, i] = maximum over j of a[o, j, i]; NaN if any is, -Infinity for n = 0. */
  void max(A a, int outer, int n, int inner, A out);
}
