package org.tapegrad.kernel;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.lu.LUDecompositionAlt_DDRM;
import org.ejml.dense.row.linsol.lu.LinearSolverLu_DDRM;

/** Systems of linear equations, by EJML's LU decomposition with partial pivoting. */
public final class LinearSolver {
  private LinearSolver() {}

  /**
   * Solves op(a)[n, n] · x[n, columns] = b[n, columns], all dense and row-major.
   *
   * @param aTransposed whether a is stored transposed
   * @return x, or null if a pivot is zero or not a number: a is singular
   */
  public static double[] solve(int n, int columns, double[] a, boolean aTransposed, double[] b) {
    DMatrixRMaj x = new DMatrixRMaj(n, columns);
    if (n == 0 || columns == 0) {
      return x.data;
    }
    DMatrixRMaj matrix = DMatrixRMaj.wrap(n, n, a);
    LUDecompositionAlt_DDRM lu = new LUDecompositionAlt_DDRM();
    LinearSolverLu_DDRM solver = new LinearSolverLu_DDRM(lu);
    solver.setA(aTransposed ? CommonOps_DDRM.transpose(matrix, null) : matrix.copy());
    for (int i = 0; i < n; i++) {
      // EJML's own test compares with an absolute bound, which small matrices would fail.
      if (!(Math.abs(lu.getLU().get(i, i)) > 0)) {
        return null;
      }
    }
    solver.solve(DMatrixRMaj.wrap(n, columns, b), x);
    return x.data;
  }
}
