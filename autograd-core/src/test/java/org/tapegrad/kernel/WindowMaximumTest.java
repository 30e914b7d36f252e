package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The largest pixels of windows, found by looking at every pixel of every window. */
class WindowMaximumTest {
  private record Subject<A>(Precision<A> precision, WindowMaximum<A> kernel) {
    int[] indices(int planes, Windows w, double[] x) {
      int[] index = new int[planes * w.outHeight() * w.outWidth()];
      kernel.indices(planes, w, precision.from(x), index);
      return index;
    }
  }

  static List<Subject<?>> subjects() {
    return List.of(
        new Subject<>(Precision.F64, new PlainWindowMaximumF64()),
        new Subject<>(Precision.F32, new PlainWindowMaximumF32()));
  }

  private static int expected(Windows w, double[] x, int plane, int i, int j) {
    int best = -1;
    for (int r = 0; r < w.kernelHeight(); r++) {
      for (int c = 0; c < w.kernelWidth(); c++) {
        long row = (long) i * w.strideHeight() - w.paddingHeight() + (long) r * w.dilationHeight();
        long column = (long) j * w.strideWidth() - w.paddingWidth() + (long) c * w.dilationWidth();
        if (row >= 0 && row < w.inHeight() && column >= 0 && column < w.inWidth()) {
          int at = (int) ((plane * w.inHeight() + row) * w.inWidth() + column);
          if (best < 0 || Double.isNaN(x[at]) || x[at] > x[best]) {
            best = at;
          }
        }
      }
    }
    return best;
  }

  /** Strides and dilations near the largest int. */
  @ParameterizedTest
  @MethodSource("subjects")
  void windowsOfAnyRange(Subject<?> subject) {
    int max = Integer.MAX_VALUE;
    for (Windows w :
        List.of(
            new Windows(5, 4, 5, 4, 1, 1, 1, 1, 0, 0, max, max),
            new Windows(8, 8, 1, 1, 3, 3, max, max, 1, 1, 2, 1),
            new Windows(8, 9, 8, 1, 1, 3, 1, 1 << 30, 0, 1, max, 4),
            new Windows(3, 3, 2, 2, 1 << 10, 1 << 10, 1 << 9, 1 << 9, 1 << 9, 1 << 9, 1, 1))) {
      double[] x = Precision.normal(new Random(6), 2 * w.inHeight() * w.inWidth());
      int[] index = new int[2 * w.outHeight() * w.outWidth()];
      for (int at = 0; at < index.length; at++) {
        int plane = at / w.outWidth() / w.outHeight();
        index[at] = expected(w, x, plane, at / w.outWidth() % w.outHeight(), at % w.outWidth());
      }
      assertArrayEquals(index, subject.indices(2, w, x), w.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void agreesWithTheDefinition(Subject<?> subject) {
    Random random = new Random(5);
    int cases = 0;
    while (cases < 300) {
      int k = 1 + random.nextInt(4);
      int l = 1 + random.nextInt(4);
      int p = random.nextInt(k / 2 + 1);
      int q = random.nextInt(l / 2 + 1);
      Windows w =
          new Windows(
              1 + random.nextInt(9),
              1 + random.nextInt(9),
              1 + random.nextInt(4),
              1 + random.nextInt(4),
              k,
              l,
              1 + random.nextInt(3),
              1 + random.nextInt(3),
              p,
              q,
              1 + random.nextInt(3),
              1 + random.nextInt(3));
      int planes = random.nextInt(3);
      double[] x =
          random.ints(planes * w.inHeight() * w.inWidth(), -3, 4).asDoubleStream().toArray();
      if (x.length > 3 && cases % 3 == 0) {
        x[random.nextInt(x.length)] = Double.NaN;
        x[random.nextInt(x.length)] = Double.NaN;
        x[random.nextInt(x.length)] = Double.NEGATIVE_INFINITY;
      }
      int[] index = new int[planes * w.outHeight() * w.outWidth()];
      int at = 0;
      boolean inside = true;
      for (int plane = 0; plane < planes; plane++) {
        for (int i = 0; i < w.outHeight(); i++) {
          for (int j = 0; j < w.outWidth(); j++) {
            index[at] = expected(w, x, plane, i, j);
            inside &= index[at++] >= 0;
          }
        }
      }
      if (inside) {
        assertArrayEquals(index, subject.indices(planes, w, x), w.toString());
        cases++;
      }
    }
    assertEquals(300, cases);
  }
}
