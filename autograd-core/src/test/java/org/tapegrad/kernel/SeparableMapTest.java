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

/** Separable maps against dense matrices, for taps of every regularity. */
class SeparableMapTest {
  private record Subject<A>(Precision<A> precision, SeparableMap<A> kernel) {
    /** The result of a kernel that is given an array full of NaN to overwrite. */
    double[] apply(int planes, double[] in, Taps rows, Taps columns) {
      double[] nans = new double[planes * rows.outputs() * columns.outputs()];
      Arrays.fill(nans, Double.NaN);
      A out = precision.from(nans);
      kernel.apply(planes, precision.from(in), rows, columns, out);
      return precision.toDoubles(out);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    subjects.add(new Subject<>(Precision.F64, new PlainSeparableMapF64()));
    subjects.add(new Subject<>(Precision.F32, new PlainSeparableMapF32()));
    if (Kernels.VECTORIZED) {
      subjects.add(new Subject<>(Precision.F64, new VectorSeparableMapF64()));
      subjects.add(new Subject<>(Precision.F32, new VectorSeparableMapF32()));
    }
    return subjects;
  }

  /** Identity, crops, mirrors, repeats, windows, and taps without any order; weights k/8. */
  private static List<Taps> taps() {
    List<Taps> taps = new ArrayList<>();
    for (int n : new int[] {1, 9, 35}) {
      taps.add(Taps.selecting(n, n, i -> i));
      taps.add(Taps.selecting(n, n + 5, i -> i < 3 || i >= n + 3 ? -1 : i - 3));
      taps.add(Taps.selecting(n, n, i -> n - 1 - i));
      taps.add(Taps.selecting(n, 2 * n, i -> i / 2));
      taps.add(Taps.selecting(n, 0, i -> i));
      taps.add(Taps.selecting(n, 12, i -> -1));
      taps.add(Taps.selecting(0, 11, i -> -1));
      taps.add(Taps.of(n, n, (i, row) -> row.add(i, 0.5)));
      taps.add(Taps.of(n, n, (i, row) -> window(row, n, i - 2, 5)));
      taps.add(Taps.of(n, (n + 1) / 2, (i, row) -> window(row, n, 2 * i - 2, 5)));
      taps.add(Taps.of(n, (n + 2) / 3, (i, row) -> window(row, n, 3 * i, 2)));
      taps.add(Taps.of(n, n + 3, (i, row) -> window(row, n, i * i % n, 1 + i % 2)));
      Random random = new Random(n);
      taps.add(
          Taps.of(
              n,
              n + 3,
              (i, row) -> {
                for (int t = random.nextInt(5); t > 0; t--) {
                  row.add(random.nextInt(n), (random.nextInt(9) - 4) / 8.0);
                }
              }));
    }
    return taps;
  }

  private static void window(Taps.Sink row, int n, int from, int length) {
    for (int i = Math.max(from, 0); i < Math.min(from + length, n); i++) {
      row.add(i, (1 + i - from) / 8.0);
    }
  }

  private static double[][] dense(Taps taps) {
    double[][] matrix = new double[taps.outputs()][taps.inputs()];
    for (int i = 0; i < taps.outputs(); i++) {
      for (int t = taps.start[i]; t < taps.start[i + 1]; t++) {
        matrix[i][taps.index[t]] += taps.weight[t];
      }
    }
    return matrix;
  }

  /** Small integers, so that every sum is exact in both precisions. */
  private static double[] integers(Random random, int n) {
    return random.ints(n, -8, 9).asDoubleStream().toArray();
  }

  private static double[] expected(int planes, double[] in, double[][] rows, double[][] columns) {
    int height = rows.length == 0 ? 0 : rows[0].length;
    int width = columns.length == 0 ? 0 : columns[0].length;
    double[] out = new double[planes * rows.length * columns.length];
    int at = 0;
    for (int p = 0; p < planes; p++) {
      for (double[] row : rows) {
        for (double[] column : columns) {
          for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
              out[at] += row[r] * column[c] * in[(p * height + r) * width + c];
            }
          }
          at++;
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isTheProductWithBothMatrices(Subject<?> subject) {
    Random random = new Random(1);
    for (Taps rows : taps()) {
      for (Taps columns : taps()) {
        for (int planes : new int[] {0, 2}) {
          double[] in = integers(random, planes * rows.inputs() * columns.inputs());
          assertArrayEquals(
              expected(planes, in, dense(rows), dense(columns)),
              positiveZeros(subject.apply(planes, in, rows, columns)));
        }
      }
    }
  }

  private static double[] positiveZeros(double[] values) {
    return Arrays.stream(values).map(v -> v + 0.0).toArray();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void transposedTapsAreTheAdjoint(Subject<?> subject) {
    Random random = new Random(2);
    for (Taps rows : taps()) {
      for (Taps columns : taps()) {
        double[] x = integers(random, 2 * rows.inputs() * columns.inputs());
        double[] y = integers(random, 2 * rows.outputs() * columns.outputs());
        double[] ax = subject.apply(2, x, rows, columns);
        double[] aty = subject.apply(2, y, rows.transposed(), columns.transposed());
        assertEquals(dot(ax, y), dot(x, aty));
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** A NaN reaches what has a tap on it and nothing else. */
  @ParameterizedTest
  @MethodSource("subjects")
  void nanFollowsTheTaps(Subject<?> subject) {
    for (Taps taps : taps()) {
      if (taps.inputs() == 0) {
        continue;
      }
      double[] in = new double[taps.inputs() * taps.inputs()];
      int place = taps.inputs() / 2;
      in[place * taps.inputs() + place] = Double.NaN;
      double[] out = subject.apply(1, in, taps, taps);
      for (int i = 0; i < taps.outputs(); i++) {
        for (int j = 0; j < taps.outputs(); j++) {
          boolean reached = reads(taps, i, place) && reads(taps, j, place);
          double v = out[i * taps.outputs() + j];
          assertTrue(reached ? Double.isNaN(v) : v == 0);
        }
      }
    }
  }

  private static boolean reads(Taps taps, int i, int place) {
    return Arrays.stream(taps.index, taps.start[i], taps.start[i + 1]).anyMatch(k -> k == place);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void doesNotDependOnTheNumberOfThreads(Subject<?> subject) throws Exception {
    int n = 150;
    Taps third = Taps.of(n, n, (i, row) -> window(row, n, i - 1, 3));
    Taps twice = Taps.selecting(n, 2 * n, i -> i / 2);
    double[] in = Precision.normal(new Random(3), 5 * n * n);
    for (Taps rows : List.of(third, twice, twice.transposed())) {
      double[] data = Arrays.copyOf(in, 5 * rows.inputs() * n);
      double[] expected = null;
      for (int threads : new int[] {1, 2, 5}) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        double[] actual = pool.submit(() -> subject.apply(5, data, rows, third)).get();
        pool.shutdown();
        expected = expected == null ? actual : expected;
        assertTrue(Arrays.equals(expected, actual), subject + " threads=" + threads);
      }
    }
  }
}
