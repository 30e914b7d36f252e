package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adam's update against its formula in float64, at lengths around those of vectors. */
class OptimizeTest {
  private record Subject<A>(Precision<A> precision, Optimize<A> kernel) {
    /** Arrays w, m and v after the steps with gradients gs. */
    double[][] adam(double[] w, List<double[]> gs, double decay, double shrink) {
      int n = w.length;
      A weights = precision.from(w);
      A m = precision.from(new double[n]);
      A v = precision.from(new double[n]);
      for (int t = 1; t <= gs.size(); t++) {
        A g = precision.from(gs.get(t - 1));
        kernel.adam(weights, g, m, v, n, 0.1, 0.9, 0.99, 1e-3, decay, shrink, t);
      }
      return new double[][] {
        precision.toDoubles(weights), precision.toDoubles(m), precision.toDoubles(v)
      };
    }

    double[] sgd(double[] w, List<double[]> gs, double momentum, boolean nesterov, double decay) {
      A weights = precision.from(w);
      A v = momentum == 0 ? null : precision.from(new double[w.length]);
      for (int t = 0; t < gs.size(); t++) {
        A g = precision.from(gs.get(t));
        kernel.sgd(weights, g, v, w.length, 0.1, momentum, 0.25, nesterov, decay, t == 0);
      }
      return precision.toDoubles(weights);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    subjects.add(new Subject<>(Precision.F64, new PlainOptimizeF64()));
    subjects.add(new Subject<>(Precision.F32, new PlainOptimizeF32()));
    if (Kernels.VECTORIZED) {
      subjects.add(new Subject<>(Precision.F64, new VectorOptimizeF64()));
      subjects.add(new Subject<>(Precision.F32, new VectorOptimizeF32()));
    }
    return subjects;
  }

  private static double[][] expected(
      double[] start, List<double[]> gs, double decay, double shrink) {
    double[] w = start.clone();
    double[] m = new double[w.length];
    double[] v = new double[w.length];
    for (int t = 1; t <= gs.size(); t++) {
      for (int i = 0; i < w.length; i++) {
        double d = gs.get(t - 1)[i] + decay * w[i];
        m[i] = 0.9 * m[i] + 0.1 * d;
        v[i] = 0.99 * v[i] + 0.01 * d * d;
        double mean = m[i] / (1 - Math.pow(0.9, t));
        double square = v[i] / (1 - Math.pow(0.99, t));
        w[i] = shrink * w[i] - 0.1 * mean / (Math.sqrt(square) + 1e-3);
      }
    }
    return new double[][] {w, m, v};
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void adamFollowsItsFormula(Subject<?> subject) {
    for (int n : new int[] {0, 1, 7, 8, 15, 16, 17, 33, 20_011}) {
      Random random = new Random(n);
      double[] w = Precision.normal(random, n);
      List<double[]> gs =
          List.of(Precision.normal(random, n), Precision.normal(random, n), new double[n]);
      for (double decay : new double[] {0, 0.25}) {
        double shrink = decay == 0 ? 0.96 : 1;
        double[][] expected = expected(w, gs, decay, shrink);
        double[][] actual = subject.adam(w, gs, decay, shrink);
        for (int a = 0; a < 3; a++) {
          for (int i = 0; i < n; i++) {
            double allowed = 64 * subject.precision.roundoff() * (1 + Math.abs(expected[a][i]));
            assertEquals(expected[a][i], actual[a][i], allowed, subject + " " + a + " " + i);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void sgdFollowsItsFormula(Subject<?> subject) {
    for (int n : new int[] {0, 1, 7, 33, 20_011}) {
      Random random = new Random(n);
      double[] start = Precision.normal(random, n);
      List<double[]> gs = List.of(Precision.normal(random, n), Precision.normal(random, n));
      for (double momentum : new double[] {0, 0.9}) {
        for (boolean nesterov : new boolean[] {false, momentum > 0}) {
          double[] w = start.clone();
          for (int i = 0; i < n; i++) {
            double v = 0;
            for (int t = 0; t < gs.size(); t++) {
              double g = gs.get(t)[i] + 0.5 * w[i];
              v = t == 0 ? g : momentum * v + (1 - 0.25) * g;
              w[i] -= 0.1 * (momentum == 0 ? g : nesterov ? g + momentum * v : v);
            }
          }
          double[] actual = subject.sgd(start, gs, momentum, nesterov, 0.5);
          for (int i = 0; i < n; i++) {
            double allowed = 64 * subject.precision.roundoff() * (1 + Math.abs(w[i]));
            assertEquals(w[i], actual[i], allowed, subject + " " + i);
          }
        }
      }
    }
  }
}
