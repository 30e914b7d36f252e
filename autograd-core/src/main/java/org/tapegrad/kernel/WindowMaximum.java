package org.tapegrad.kernel;

/**
 * The place of the largest pixel in every window of an image.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface WindowMaximum<A> {

  /**
   * index[p, i, j] = where in x[planes, H, W] the largest pixel of window (i, j) of plane p is: the
   * first one of equals row by row, but the last NaN if there is one. No window may lie outside of
   * the image.
   */
  void indices(int planes, Windows windows, A x, int[] index);
}
