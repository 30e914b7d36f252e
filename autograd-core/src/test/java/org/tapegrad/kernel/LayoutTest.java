package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies of boxes with any strides, gathers and scatters, against one element at a time. */
class LayoutTest {
  private final Random random = new Random(1);

  private record Subject<A>(Precision<A> precision, Layout<A> kernel) {
    double[] copy(int[] sizes, double[] a, int ao, int[] as, double[] out, int oo, int[] os) {
      A to = precision.from(out);
      kernel.copy(sizes, precision.from(a), ao, as, to, oo, os);
      return precision.toDoubles(to);
    }

    double[] gather(double[] a, int[] index) {
      A out = precision.from(new double[index.length]);
      kernel.gather(precision.from(a), index, out, index.length);
      return precision.toDoubles(out);
    }

    double[] scatterAdd(double[] a, int[] index, double[] out) {
      A to = precision.from(out);
      kernel.scatterAdd(precision.from(a), index, to, index.length);
      return precision.toDoubles(to);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    return List.of(
        new Subject<>(Precision.F64, Kernels.FLOAT64.layout()),
        new Subject<>(Precision.F32, Kernels.FLOAT32.layout()));
  }

  /** Strides of a box whose axes lie in any order in memory, some of them backwards. */
  private int[] strides(int[] sizes, boolean repeats) {
    Integer[] order = new Integer[sizes.length];
    Arrays.setAll(order, d -> d);
    Collections.shuffle(Arrays.asList(order), random);
    int[] strides = new int[sizes.length];
    int step = 1;
    for (int d : order) {
      strides[d] = random.nextInt(4) == 0 ? -step : step;
      step *= Math.max(1, sizes[d]) + (random.nextInt(4) == 0 ? 1 : 0);
      if (repeats && random.nextInt(4) == 0) {
        strides[d] = 0;
      }
    }
    return strides;
  }

  /** The offset of the first element such that the smallest one is at {@code margin}. */
  private static int offset(int[] sizes, int[] strides, int margin) {
    int offset = margin;
    for (int d = 0; d < sizes.length; d++) {
      offset += strides[d] < 0 ? -strides[d] * Math.max(0, sizes[d] - 1) : 0;
    }
    return offset;
  }

  private static int span(int[] sizes, int[] strides) {
    int span = 1;
    for (int d = 0; d < sizes.length; d++) {
      span += Math.abs(strides[d]) * Math.max(0, sizes[d] - 1);
    }
    return span;
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void copies(Subject<?> subject) {
    for (int round = 0; round < 1500; round++) {
      int[] sizes = random.ints(random.nextInt(5), 0, 7).toArray();
      if (sizes.length > 0 && round % 10 == 0) {
        sizes[random.nextInt(sizes.length)] = 1 + random.nextInt(70);
      }
      int[] as = strides(sizes, true);
      int[] os = strides(sizes, false);
      int ao = offset(sizes, as, 2);
      int oo = offset(sizes, os, 3);
      double[] a = Precision.normal(random, span(sizes, as) + 4);
      double[] out = Precision.normal(random, span(sizes, os) + 6);
      double[] expected = out.clone();
      int count = Arrays.stream(sizes).reduce(1, (x, y) -> x * y);
      for (int i = 0; i < count; i++) {
        int from = ao;
        int to = oo;
        for (int d = sizes.length - 1, rest = i; d >= 0; rest /= sizes[d], d--) {
          from += rest % sizes[d] * as[d];
          to += rest % sizes[d] * os[d];
        }
        expected[to] = a[from];
      }
      String what = Arrays.toString(sizes) + Arrays.toString(as) + Arrays.toString(os);
      assertArrayEquals(expected, subject.copy(sizes, a, ao, as, out, oo, os), what);
    }
  }

  /** Sizes at which transpositions are cut into squares and into tasks. */
  @ParameterizedTest
  @MethodSource("subjects")
  void transpositions(Subject<?> subject) {
    for (int[] shape : new int[][] {{15, 17}, {16, 32}, {1, 100}, {300, 301}, {4, 4099}}) {
      int rows = shape[0];
      int columns = shape[1];
      double[] a = Precision.normal(random, rows * columns);
      double[] t =
          subject.copy(
              new int[] {columns, rows},
              a,
              0,
              new int[] {1, columns},
              new double[a.length],
              0,
              new int[] {rows, 1});
      for (int i = 0; i < a.length; i++) {
        assertEquals(a[i], t[i % columns * rows + i / columns]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void gathersAndScatters(Subject<?> subject) {
    for (int n : new int[] {0, 1, 7, 1000, 70_001}) {
      double[] a = Precision.normal(random, 50);
      int[] index = random.ints(n, -1, 50).toArray();
      double[] expected = Arrays.stream(index).mapToDouble(i -> i < 0 ? 0 : a[i]).toArray();
      assertArrayEquals(expected, subject.gather(a, index));

      double[] halves = random.ints(n, -8, 9).mapToDouble(i -> i / 2.0).toArray(); // exact sums
      double[] sums = new double[50];
      for (int i = 0; i < n; i++) {
        if (index[i] >= 0) {
          sums[index[i]] += halves[i];
        }
      }
      assertArrayEquals(sums, subject.scatterAdd(halves, index, new double[50]));
    }
  }
}
