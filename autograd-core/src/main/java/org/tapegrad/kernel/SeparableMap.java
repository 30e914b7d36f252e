package org.tapegrad.kernel;

/**
 * Sparse linear maps of images that treat rows and columns alike: padding, cropping, resizing,
 * averaging and blurring. The adjoint is the map with both taps transposed.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface SeparableMap<A> {

  /**
   * out[p, i, j] = sum over r, c of R[i, r] · C[j, c] · in[p, r, c], with R and C given by the taps
   * of the rows and of the columns; overwrites the whole of {@code out}.
   */
  void apply(int planes, A in, Taps rows, Taps columns, A out);
}
