package org.tapegrad.kernel;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.lu.LUDecompositionAlt_DDRM;
import org.ejml.dense.row.linsol.lu.LinearSolverLu_DDRM;

/** EJML's LU decomposition with partial pivoting. */
final class EjmlLinearSolverF64 implements LinearSolver<double[]> {

  @Override
  public boolean solve(
      int n, int columns, double[] a, boolean aTransposed, double[] b, double[] x) {
    if (n == 0 || columns == 0) {
      return true;
    }
    DMatrixRMaj matrix = DMatrixRMaj.wrap(n, n, a);
    LUDecompositionAlt_DDRM lu = new LUDecompositionAlt_DDRM();
    LinearSolverLu_DDRM solver = new LinearSolverLu_DDRM(lu);
    solver.setA(aTransposed ? CommonOps_DDRM.transpose(matrix, null) : matrix.copy());
    for (int i = 0; i < n; i++) {
      // EJML's own test compares with an absolute bound, which small matrices would fail.
      if (!(Math.abs(lu.getLU().get(i, i)) > 0)) {
        return false;
      }
    }
    solver.solve(DMatrixRMaj.wrap(n, columns, b), DMatrixRMaj.wrap(n, columns, x));
    return true;
  }
}
