package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.kernel.KernelsUnderTest.Convolver;

/** Every convolution and its adjoints against the definition, on any number of threads. */
class ConvolutionTest {
  private static final List<ConvolutionShape> SHAPES = shapes();

  /** Known corners first, then random ones. */
  private static List<ConvolutionShape> shapes() {
    List<ConvolutionShape> shapes = new ArrayList<>();
    shapes.add(new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1));
    shapes.add(new ConvolutionShape(0, 2, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(2, 0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 3, 33, 34, 8, 9, 9, 1, 1, 4, 4, 1, 1, 1));
    shapes.add(new ConvolutionShape(2, 17, 16, 16, 19, 3, 3, 2, 2, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 8, 32, 32, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(3, 6, 13, 11, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6));
    shapes.add(new ConvolutionShape(1, 4, 9, 50, 6, 2, 3, 3, 2, 2, 0, 2, 3, 2));
    shapes.add(new ConvolutionShape(1, 2, 7, 7, 2, 2, 2, 5, 4, 0, 0, 1, 1, 1));
    shapes.add(new ConvolutionShape(2, 3, 6, 5, 4, 1, 1, 1, 1, 2, 3, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 40, 20, 21, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 130, 5, 7, 9, 1, 1, 1, 1, 0, 0, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 3, 1, 67, 2, 1, 5, 1, 2, 0, 2, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 3, 67, 1, 2, 5, 1, 2, 1, 2, 0, 1, 1, 1));
    // Large enough for several bands of rows.
    shapes.add(new ConvolutionShape(1, 24, 60, 33, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 40, 64, 65, 48, 3, 3, 2, 2, 1, 1, 1, 1, 1));
    // Strides, paddings and dilations near the largest int, of which a few products are left.
    int max = Integer.MAX_VALUE;
    int half = 1 << 30;
    shapes.add(new ConvolutionShape(2, 3, 8, 8, 5, 3, 3, max, max, 0, 0, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 2, 8, 8, 3, 3, 3, half, half, half, half, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 2, 5, 4, 3, 1, 1, 1, 1, 0, 0, max, max, 1));
    shapes.add(new ConvolutionShape(2, 2, 8, 9, 3, 3, 3, 1, 1, half, half, half, half, 1));
    shapes.add(new ConvolutionShape(1, 4, 6, 9, 4, 2, 3, 1, half, 1, half, 2, 1, 2));
    shapes.add(new ConvolutionShape(1, 2, 9, 6, 2, 3, 2, max, 1, max, 1, 1, 2, 1));
    // Kernels as wide as the image and wider, at any stride.
    shapes.add(new ConvolutionShape(1, 8, 7, 7, 40, 7, 7, 1, 1, 0, 0, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 2, 3, 3, 2, 41, 41, 1, 1, 20, 20, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 3, 9, 9, 4, 5, 5, 1, 1, 0, 0, 2, 2, 1));
    shapes.add(new ConvolutionShape(2, 4, 12, 12, 6, 7, 7, 3, 3, 2, 2, 1, 1, 2));
    shapes.add(new ConvolutionShape(1, 3, 40, 37, 5, 16, 13, 8, 9, 4, 3, 1, 1, 1));
    shapes.add(new ConvolutionShape(1, 20, 60, 61, 24, 5, 4, 11, 13, 3, 9, 6, 1, 1));
    Random random = new Random(11);
    while (shapes.size() < 120) {
      int groups = 1 + random.nextInt(3);
      ConvolutionShape s =
          new ConvolutionShape(
              1 + random.nextInt(2),
              groups * (1 + random.nextInt(6)),
              1 + random.nextInt(20),
              1 + random.nextInt(40),
              groups * (1 + random.nextInt(10)),
              1 + random.nextInt(4),
              1 + random.nextInt(4),
              1 + random.nextInt(3),
              1 + random.nextInt(3),
              random.nextInt(4),
              random.nextInt(4),
              1 + random.nextInt(3),
              1 + random.nextInt(3),
              groups);
      if (s.outHeight() > 0 && s.outWidth() > 0) {
        shapes.add(s);
      }
    }
    return shapes;
  }

  static List<Convolver<?>> convolutions() {
    return KernelsUnderTest.convolutions();
  }

  private static int xSize(ConvolutionShape s) {
    return s.batch() * s.inChannels() * s.inHeight() * s.inWidth();
  }

  private static int weightSize(ConvolutionShape s) {
    return s.outChannels() * (s.inChannels() / s.groups()) * s.kernelHeight() * s.kernelWidth();
  }

  private static int ySize(ConvolutionShape s) {
    return s.batch() * s.outChannels() * s.outHeight() * s.outWidth();
  }

  /** Receives every product of the definition: y[yAt] += x[xAt] · weight[wAt]. */
  @FunctionalInterface
  private interface Term {
    void accept(int xAt, int wAt, int yAt);
  }

  private static void forEachTerm(ConvolutionShape s, Term term) {
    int perGroup = s.outChannels() / s.groups();
    int channels = s.inChannels() / s.groups();
    int yAt = 0;
    for (int n = 0; n < s.batch(); n++) {
      for (int k = 0; k < s.outChannels(); k++) {
        for (int oh = 0; oh < s.outHeight(); oh++) {
          for (int ow = 0; ow < s.outWidth(); ow++, yAt++) {
            int wAt = k * channels * s.kernelHeight() * s.kernelWidth();
            for (int c = 0; c < channels; c++) {
              int plane = n * s.inChannels() + k / perGroup * channels + c;
              for (int kh = 0; kh < s.kernelHeight(); kh++) {
                long ih = at(oh, s.strideHeight(), s.paddingHeight(), kh, s.dilationHeight());
                for (int kw = 0; kw < s.kernelWidth(); kw++, wAt++) {
                  long iw = at(ow, s.strideWidth(), s.paddingWidth(), kw, s.dilationWidth());
                  if (ih >= 0 && ih < s.inHeight() && iw >= 0 && iw < s.inWidth()) {
                    int xAt = (int) ((plane * s.inHeight() + ih) * s.inWidth() + iw);
                    term.accept(xAt, wAt, yAt);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static long at(int out, int stride, int padding, int tap, int dilation) {
    return (long) out * stride - padding + (long) tap * dilation;
  }

  /** The results of the three methods of one kernel. */
  private record Results(double[] y, double[] dx, double[] dweight) {
    static <A> Results of(
        Convolver<A> convolver, ConvolutionShape s, double[] x, double[] weight, double[] g) {
      Precision<A> precision = convolver.precision();
      A y = precision.from(nans(ySize(s)));
      A dx = precision.from(nans(xSize(s)));
      A dweight = precision.from(nans(weightSize(s)));
      convolver.kernel().forward(s, precision.from(x), precision.from(weight), y);
      convolver.kernel().inputGradient(s, precision.from(g), precision.from(weight), dx);
      convolver.kernel().weightGradient(s, precision.from(x), precision.from(g), dweight);
      return new Results(
          precision.toDoubles(y), precision.toDoubles(dx), precision.toDoubles(dweight));
    }

    private static double[] nans(int size) {
      double[] values = new double[size];
      Arrays.fill(values, Double.NaN);
      return values;
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void agreesWithTheDefinition(Convolver<?> convolver) {
    for (ConvolutionShape s : SHAPES) {
      Random random = new Random(3);
      double[] x = Precision.normal(random, xSize(s));
      double[] weight = Precision.normal(random, weightSize(s));
      double[] g = Precision.normal(random, ySize(s));
      Results actual = Results.of(convolver, s, x, weight, g);
      Sums y = new Sums(ySize(s));
      Sums dx = new Sums(xSize(s));
      Sums dweight = new Sums(weightSize(s));
      forEachTerm(
          s,
          (xAt, wAt, yAt) -> {
            y.add(yAt, x[xAt] * weight[wAt]);
            dx.add(xAt, g[yAt] * weight[wAt]);
            dweight.add(wAt, g[yAt] * x[xAt]);
          });
      double roundoff = convolver.precision().roundoff();
      y.check(actual.y(), roundoff, convolver + " y " + s);
      dx.check(actual.dx(), roundoff, convolver + " dx " + s);
      dweight.check(actual.dweight(), roundoff, convolver + " dweight " + s);
    }
  }

  /** Sums with the bound of their rounding errors. */
  private static final class Sums {
    private final double[] sum;
    private final double[] size;
    private final int[] terms;

    Sums(int length) {
      sum = new double[length];
      size = new double[length];
      terms = new int[length];
    }

    void add(int at, double term) {
      sum[at] += term;
      size[at] += Math.abs(term);
      terms[at]++;
    }

    void check(double[] actual, double roundoff, String what) {
      for (int i = 0; i < sum.length; i++) {
        if (!(Math.abs(sum[i] - actual[i]) <= (terms[i] + 2) * roundoff * size[i])) {
          throw new AssertionError(what + "[" + i + "] is " + actual[i] + ", not " + sum[i]);
        }
      }
    }
  }

  /** The inner products &lt;Ax, g&gt;, &lt;x, A*g&gt; and &lt;w, B*g&gt; are the same. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void gradientsAreTheAdjoints(Convolver<?> convolver) {
    for (ConvolutionShape s : SHAPES) {
      Random random = new Random(4);
      double[] x = Precision.normal(random, xSize(s));
      double[] weight = Precision.normal(random, weightSize(s));
      double[] g = Precision.normal(random, ySize(s));
      Results results = Results.of(convolver, s, x, weight, g);
      double inner = dot(results.y(), g);
      double size = Math.sqrt(dot(results.y(), results.y()) * dot(g, g));
      double allowed = 16 * convolver.precision().roundoff() * size;
      assertEquals(inner, dot(x, results.dx()), allowed, convolver + " dx " + s);
      assertEquals(inner, dot(weight, results.dweight()), allowed, convolver + " dweight " + s);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** One NaN reaches exactly the results that its products belong to, though the rest is zero. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void zeroTimesNaNIsNaN(Convolver<?> convolver) {
    for (ConvolutionShape s : SHAPES.subList(3, 40)) {
      int xNaN = xSize(s) / 2;
      int gNaN = ySize(s) / 2;
      double[] x = new double[xSize(s)];
      double[] g = new double[ySize(s)];
      x[xNaN] = Double.NaN;
      Results fromX = Results.of(convolver, s, x, new double[weightSize(s)], g);
      g[gNaN] = Double.NaN;
      x[xNaN] = 0;
      Results fromG = Results.of(convolver, s, x, new double[weightSize(s)], g);
      double[] y = new double[ySize(s)];
      double[] dx = new double[xSize(s)];
      forEachTerm(
          s,
          (xAt, wAt, yAt) -> {
            y[yAt] = xAt == xNaN ? Double.NaN : y[yAt];
            dx[xAt] = yAt == gNaN ? Double.NaN : dx[xAt];
          });
      assertTrue(Arrays.equals(y, abs(fromX.y())), convolver + " y " + s);
      assertTrue(Arrays.equals(dx, abs(fromG.dx())), convolver + " dx " + s);
    }
  }

  /** A NaN in the weight of a kernel that never meets padding. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void nanInTheWeightReachesItsChannels(Convolver<?> convolver) {
    ConvolutionShape s = new ConvolutionShape(2, 4, 9, 37, 6, 3, 3, 1, 1, 0, 0, 1, 1, 2);
    double[] weight = new double[weightSize(s)];
    weight[4 * 2 * 9 + 3] = Double.NaN;
    double[] x = new double[xSize(s)];
    double[] g = new double[ySize(s)];
    Results results = Results.of(convolver, s, x, weight, g);
    int plane = s.outHeight() * s.outWidth();
    for (int i = 0; i < ySize(s); i++) {
      assertEquals(i / plane % 6 == 4 ? Double.NaN : 0.0, Math.abs(results.y()[i]));
    }
    assertTrue(Double.isNaN(results.dx()[2 * 9 * 37 + 1 * 37 + 5]));
    assertEquals(0.0, results.dx()[0]);
  }

  private static double[] abs(double[] values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  /** A million phases with one product each, of a million taps. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void workDoesNotGrowWithTheStride(Convolver<?> convolver) {
    int n = 1000;
    ConvolutionShape s = new ConvolutionShape(1, 1, n, n, 1, n, n, n, n, 0, 0, 1, 1, 1);
    double[] weight = Precision.normal(new Random(8), n * n);
    Results results =
        assertTimeoutPreemptively(
            Duration.ofMinutes(1),
            () -> Results.of(convolver, s, weight, weight, new double[] {3}));
    for (int i = 0; i < n * n; i++) {
      double roundoff = convolver.precision().roundoff() * Math.abs(3 * weight[i]);
      assertEquals(3 * weight[i], results.dx()[i], roundoff);
      assertEquals(3 * weight[i], results.dweight()[i], roundoff);
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void doesNotDependOnTheNumberOfThreads(Convolver<?> convolver) throws Exception {
    for (ConvolutionShape s :
        List.of(
            new ConvolutionShape(2, 17, 48, 50, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1),
            new ConvolutionShape(1, 6, 64, 65, 16, 3, 3, 2, 2, 1, 1, 1, 1, 2),
            new ConvolutionShape(1, 9, 7, 7, 300, 7, 7, 1, 1, 0, 0, 1, 1, 1),
            new ConvolutionShape(1, 9, 112, 112, 17, 32, 32, 16, 16, 8, 8, 1, 1, 1))) {
      Random random = new Random(6);
      double[] x = Precision.normal(random, xSize(s));
      double[] weight = Precision.normal(random, weightSize(s));
      double[] g = Precision.normal(random, ySize(s));
      Results expected = null;
      for (int threads : new int[] {1, 2, 3, 5}) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        Results actual = pool.submit(() -> Results.of(convolver, s, x, weight, g)).get();
        pool.shutdown();
        expected = expected == null ? actual : expected;
        String what = convolver + " threads=" + threads + " " + s;
        assertTrue(Arrays.equals(expected.y(), actual.y()), what);
        assertTrue(Arrays.equals(expected.dx(), actual.dx()), what);
        assertTrue(Arrays.equals(expected.dweight(), actual.dweight()), what);
      }
    }
  }
}
