package org.tapegrad.kernel;

/**
 * Allocation, element access and conversion of arrays.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface Memory<A> {

  /** The size of one element in bytes. */
  int bytes();

  /** A new array of n zeros. */
  A allocate(int n);

  /** Element i. */
  double get(A a, int i);

  /** Sets element i, rounded to the element type. */
  void set(A a, int i, double value);

  /** Sets elements from (inclusive) to (exclusive), rounded to the element type. */
  void fill(A a, int from, int to, double value);

  /** Copies n elements. */
  void copy(A from, int fromOffset, A to, int toOffset, int n);

  /** A copy of the first n elements as float64. */
  double[] toFloat64(A a, int n);

  /** A copy of the first n elements as float32, rounded to nearest. */
  float[] toFloat32(A a, int n);

  /** Whether the first n elements are the same bit for bit, all NaNs being one. */
  boolean equal(A a, A b, int n);

  /** A hash of the first n elements, in agreement with {@link #equal}. */
  int hash(A a, int n);

  /** The index of the first NaN or infinity among the first n elements, or -1. */
  int firstNonFinite(A a, int n);
}
