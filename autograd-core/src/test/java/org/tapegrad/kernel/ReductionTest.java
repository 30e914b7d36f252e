package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums and maxima of the middle axis against plain loops, at lengths around those of blocks. */
class ReductionTest {
  private static final int[][] SHAPES = {
    {1, 0, 1}, {1, 1, 1}, {1, 63, 1}, {1, 64, 1}, {1, 1025, 1}, {1, 100_003, 1}, {3, 17, 1},
    {5, 8193, 1}, {4, 0, 3}, {2, 7, 3}, {1, 9, 257}, {3, 130, 1000}, {0, 3, 2}, {2, 3, 0}
  };

  private record Subject<A>(Precision<A> precision, Reductions<A> kernel) {
    double[] sum(double[] a, int outer, int n, int inner) {
      A out = nans(outer * inner);
      kernel.sum(precision.from(a), outer, n, inner, out);
      return precision.toDoubles(out);
    }

    double[] mean(double[] a, int outer, int n, int inner) {
      A out = nans(outer * inner);
      kernel.mean(precision.from(a), outer, n, inner, out);
      return precision.toDoubles(out);
    }

    double[] max(double[] a, int outer, int n, int inner) {
      A out = nans(outer * inner);
      kernel.max(precision.from(a), outer, n, inner, out);
      return precision.toDoubles(out);
    }

    private A nans(int size) {
      double[] values = new double[size];
      Arrays.fill(values, Double.NaN);
      return precision.from(values);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    subjects.add(new Subject<>(Precision.F64, new PlainReductionF64()));
    subjects.add(new Subject<>(Precision.F32, new PlainReductionF32()));
    if (Kernels.VECTORIZED) {
      subjects.add(new Subject<>(Precision.F64, new VectorReductionF64()));
      subjects.add(new Subject<>(Precision.F32, new VectorReductionF32()));
    }
    return subjects;
  }

  /** Positive numbers, whose sums grow, are off by no more than a few additions can cost. */
  @ParameterizedTest
  @MethodSource("subjects")
  void sumsLoseNoDigitsAsTheyGrow(Subject<?> subject) {
    for (int[] s : SHAPES) {
      double[] a = Precision.normal(new Random(1), s[0] * s[1] * s[2]);
      double[] sums = new double[s[0] * s[2]];
      double[] sizes = new double[s[0] * s[2]];
      for (int i = 0; i < a.length; i++) {
        a[i] += 1;
        a[i] = (float) a[i];
        int at = i / (s[1] * s[2]) * s[2] + i % s[2];
        sums[at] += a[i];
        sizes[at] += Math.abs(a[i]);
      }
      double[] actual = subject.sum(a, s[0], s[1], s[2]);
      assertEquals(sums.length, actual.length);
      for (int i = 0; i < sums.length; i++) {
        double allowed = 4 * subject.precision.roundoff() * sizes[i] + 1e-12 * sizes[i];
        assertEquals(sums[i], actual[i], allowed, subject + " " + Arrays.toString(s));
      }
    }
  }

  /** Rounded once or twice from the exact mean, and the same with every kernel of a type. */
  @ParameterizedTest
  @MethodSource("subjects")
  void meansLoseNoDigits(Subject<?> subject) {
    for (int[] s : SHAPES) {
      double[] a = Precision.normal(new Random(4), s[0] * s[1] * s[2]);
      double[] means = new double[s[0] * s[2]];
      double[] sizes = new double[s[0] * s[2]];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) a[i];
        int at = i / (s[1] * s[2]) * s[2] + i % s[2];
        means[at] += a[i] / s[1];
        sizes[at] += Math.abs(a[i]) / s[1];
      }
      double[] actual = subject.mean(a, s[0], s[1], s[2]);
      for (int i = 0; i < means.length; i++) {
        double expected = s[1] == 0 ? Double.NaN : means[i];
        double allowed = subject.precision.roundoff() * Math.abs(means[i]) + 1e-12 * sizes[i];
        assertEquals(expected, actual[i], allowed, subject + " " + Arrays.toString(s));
      }
      boolean single = subject.precision == Precision.F32;
      double[] plain =
          (single ? new Subject<>(Precision.F32, new PlainReductionF32()) : subjects().get(0))
              .mean(a, s[0], s[1], s[2]);
      assertArrayEquals(plain, actual, subject + " is bit for bit as plain");
    }
  }

  /** Where the sum is beyond the largest number the mean is not. */
  @ParameterizedTest
  @MethodSource("subjects")
  void meansOfLargeNumbersAndOfConstants(Subject<?> subject) {
    boolean single = subject.precision == Precision.F32;
    double large = single ? (float) 3e38 : 1.7e308;
    for (int[] s : new int[][] {{1, 2, 1}, {1, 5000, 1}, {3, 257, 1}, {2, 4, 300}}) {
      double[] a = new double[s[0] * s[1] * s[2]];
      Arrays.fill(a, large);
      for (double mean : subject.mean(a, s[0], s[1], s[2])) {
        assertEquals(1, mean / large, 1e-12);
      }
      double tenth = single ? 0.1f : 0.1;
      Arrays.fill(a, tenth);
      for (double mean : subject.mean(a, s[0], s[1], s[2])) {
        assertEquals(tenth, mean, single ? 0 : 1e-15);
      }
      a[0] = Double.POSITIVE_INFINITY;
      assertEquals(Double.POSITIVE_INFINITY, subject.mean(a, s[0], s[1], s[2])[0]);
      a[s[2]] = Double.NEGATIVE_INFINITY;
      assertEquals(Double.NaN, subject.mean(a, s[0], s[1], s[2])[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void maximaAreExactAndNaNWhereThereIsOne(Subject<?> subject) {
    for (int[] s : SHAPES) {
      double[] a = Precision.normal(new Random(2), s[0] * s[1] * s[2]);
      if (a.length > 20) {
        a[a.length / 2] = Double.NaN;
      }
      double[] max = new double[s[0] * s[2]];
      Arrays.fill(max, Double.NEGATIVE_INFINITY);
      for (int i = 0; i < a.length; i++) {
        int at = i / (s[1] * s[2]) * s[2] + i % s[2];
        max[at] = Math.max(max[at], a[i]);
      }
      assertArrayEquals(max, subject.max(a, s[0], s[1], s[2]), subject + Arrays.toString(s));
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void oneNaNMakesItsSumNaN(Subject<?> subject) {
    double[] a = new double[3 * 5000];
    a[5000 + 4321] = Double.NaN;
    assertArrayEquals(new double[] {0, Double.NaN, 0}, subject.sum(a, 3, 5000, 1));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void doesNotDependOnTheNumberOfThreads(Subject<?> subject) throws Exception {
    double[] a = Precision.normal(new Random(3), 600_000);
    for (int[] s : new int[][] {{1, 600_000, 1}, {6, 100_000, 1}, {2, 300, 1000}}) {
      double[] expected = null;
      for (int threads : new int[] {1, 2, 5}) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        double[] actual = pool.submit(() -> subject.sum(a, s[0], s[1], s[2])).get();
        pool.shutdown();
        expected = expected == null ? actual : expected;
        assertTrue(Arrays.equals(expected, actual), subject + " threads=" + threads);
      }
    }
  }
}
