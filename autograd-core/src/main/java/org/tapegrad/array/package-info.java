/**
 * Arrays by NumPy's rules, without gradients. Start with {@link org.tapegrad.array.NdArray}: what
 * goes on a tape, what gradients come back as, and what an operation of your own computes with.
 *
 * <pre>{@code
 * NdArray a = NdArray.of(new double[] {1, 2, 3, 4}, 2, 2);
 * System.out.println(a.times(a).sum(0)); // [10., 20.]
 * }</pre>
 *
 * <p>An array has one of two element types ({@link org.tapegrad.array.DType}), any number of axes,
 * and its elements in row-major order; results are new arrays. Nothing here knows of tapes.
 */
package org.tapegrad.array;
