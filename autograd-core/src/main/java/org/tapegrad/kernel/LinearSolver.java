package org.tapegrad.kernel;

/**
 * Systems of linear equations.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public interface LinearSolver<A> {

  /**
   * Solves op(a)[n, n] · x[n, columns] = b[n, columns], all dense and row-major.
   *
   * @param aTransposed whether a is stored transposed
   * @return false, with x undefined, if a pivot is zero or not a number: a is singular
   */
  boolean solve(int n, int columns, A a, boolean aTransposed, A b, A x);
}
