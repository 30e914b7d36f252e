package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is solved for fulfils its equations. */
class LinearSolverTest {

  private static void checkSolves(int n, int columns, boolean transposed, Random random) {
    double[] a = Precision.normal(random, n * n);
    double[] b = Precision.normal(random, n * columns);
    double[] matrix = a.clone();
    double[] right = b.clone();
    double[] x = LinearSolver.solve(n, columns, matrix, transposed, right);
    assertEquals(n * columns, x.length);
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < columns; c++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += a[transposed ? j * n + i : i * n + j] * x[j * columns + c];
        }
        assertEquals(b[i * columns + c], sum, 2e4 * Precision.F64.roundoff());
      }
    }
    assertArrayEquals(a, matrix, "a stays as it was");
    assertArrayEquals(b, right, "b stays as it was");
  }

  private static double[] solve(double... a) {
    int n = (int) Math.sqrt(a.length);
    return LinearSolver.solve(n, 1, a, false, new double[n]);
  }

  @Test
  void solves() {
    Random random = new Random(2);
    for (int n = 0; n < 9; n++) {
      for (int columns = 0; columns < 4; columns++) {
        checkSolves(n, columns, false, random);
        checkSolves(n, columns, true, random);
      }
    }
  }

  @Test
  void tellsSingularMatrices() {
    assertNotNull(solve(0, 1e-30, 1e-30, 0));
    assertNotNull(solve(1, 2, 3, -4));
    assertNull(solve(0));
    assertNull(solve(1, 2, 2, 4));
    assertNull(solve(Double.NaN));
  }
}
