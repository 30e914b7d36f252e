package org.tapegrad.kernel;

/**
 * Moving elements without computing on them.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Layout<A> {

  /**
   * Copies a box of the given sizes, element (i, j, …) from a[aOffset + i·aStrides[0] + …] to
   * out[outOffset + i·outStrides[0] + …]. Transposes, slices, padding and broadcasting are this one
   * loop with different strides; a stride of 0 in {@code a} repeats, a negative one reverses.
   */
  void copy(int[] sizes, A a, int aOffset, int[] aStrides, A out, int outOffset, int[] outStrides);

  /** out[i] = a[index[i]] for i in [0, n), and 0 where the index is negative. */
  void gather(A a, int[] index, A out, int n);

  /** out[index[i]] += a[i] for i in [0, n), in order; negative indices are passed over. */
  void scatterAdd(A a, int[] index, A out, int n);
}
