package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is solved for fulfils its equations. */
class LinearSolverTest {

  private record Subject<A>(Precision<A> precision, LinearSolver<A> kernel) {
    void checkSolves(int n, int columns, boolean transposed, Random random) {
      double[] a = Precision.normal(random, n * n);
      double[] b = Precision.normal(random, n * columns);
      A matrix = precision.from(a);
      A right = precision.from(b);
      A x = precision.from(new double[n * columns]);
      assertTrue(kernel.solve(n, columns, matrix, transposed, right, x));
      double[] solution = precision.toDoubles(x);
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < columns; c++) {
          double sum = 0;
          for (int j = 0; j < n; j++) {
            sum += a[transposed ? j * n + i : i * n + j] * solution[j * columns + c];
          }
          assertEquals(b[i * columns + c], sum, 2e4 * precision.roundoff());
        }
      }
      assertArrayEquals(a, precision.toDoubles(matrix), "a stays as it was");
      assertArrayEquals(b, precision.toDoubles(right), "b stays as it was");
    }

    boolean solves(double... a) {
      int n = (int) Math.sqrt(a.length);
      A zeros = precision.from(new double[n]);
      return kernel.solve(n, 1, precision.from(a), false, zeros, precision.from(new double[n]));
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    return List.of(
        new Subject<>(Precision.F64, new EjmlLinearSolverF64()),
        new Subject<>(Precision.F32, new EjmlLinearSolverF32()));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void solves(Subject<?> subject) {
    Random random = new Random(2);
    for (int n = 0; n < 9; n++) {
      for (int columns = 0; columns < 4; columns++) {
        subject.checkSolves(n, columns, false, random);
        subject.checkSolves(n, columns, true, random);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void tellsSingularMatrices(Subject<?> subject) {
    assertTrue(subject.solves(0, 1e-30, 1e-30, 0));
    assertTrue(subject.solves(1, 2, 3, -4));
    assertFalse(subject.solves(0));
    assertFalse(subject.solves(1, 2, 2, 4));
    assertFalse(subject.solves(Double.NaN));
  }
}
