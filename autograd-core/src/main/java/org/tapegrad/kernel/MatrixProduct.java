package org.tapegrad.kernel;

/**
 * Product of two dense row-major matrices.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface MatrixProduct<A> {

  /**
   * c[m, n] = op(a)[m, k] · op(b)[k, n].
   *
   * <p>A transposed operand is stored as [k, m] (a) or [n, k] (b). With k = 0 the product is zero.
   */
  void multiply(
      int m,
      int n,
      int k,
      A a,
      int aOffset,
      boolean aTransposed,
      A b,
      int bOffset,
      boolean bTransposed,
      A c,
      int cOffset);
}
