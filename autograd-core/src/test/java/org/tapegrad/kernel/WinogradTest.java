package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.kernel.KernelsUnderTest.Convolver;

/** Winograd's method against the plain convolution in double, with the errors that it may have. */
class WinogradTest {
  private static final Convolution<double[]> EXACT = new PlainConvolutionF64();

  /** Errors in roundoffs: of a single result, and their root mean square. */
  private static final double MOST = 300;

  private static final double USUAL = 40;

  private static ConvolutionShape shape(int n, int c, int h, int w, int k, int pad, int padWidth) {
    return new ConvolutionShape(n, c, h, w, k, 3, 3, 1, 1, pad, padWidth, 1, 1, 1);
  }

  /** Known corners first, then random ones. */
  private static List<ConvolutionShape> shapes() {
    List<ConvolutionShape> shapes = new ArrayList<>();
    shapes.add(shape(1, 1, 1, 1, 1, 1, 1));
    shapes.add(shape(1, 1, 3, 3, 1, 0, 0));
    shapes.add(shape(2, 3, 4, 4, 5, 2, 2));
    shapes.add(shape(1, 32, 64, 64, 32, 1, 1));
    shapes.add(shape(1, 2, 3, 200, 9, 1, 0));
    shapes.add(shape(1, 2, 200, 3, 9, 0, 1));
    shapes.add(shape(3, 49, 17, 18, 33, 1, 1));
    shapes.add(shape(2, 7, 66, 70, 65, 0, 0));
    shapes.add(shape(1, 128, 9, 9, 50, 1, 2));
    // More channels than are summed up at a time.
    shapes.add(shape(1, 200, 9, 8, 9, 1, 1));
    shapes.add(shape(1, 9, 9, 8, 200, 1, 1));
    Random random = new Random(12);
    while (shapes.size() < 40) {
      shapes.add(
          shape(
              1 + random.nextInt(3),
              1 + random.nextInt(60),
              3 + random.nextInt(40),
              3 + random.nextInt(90),
              1 + random.nextInt(40),
              random.nextInt(3),
              random.nextInt(3)));
    }
    return shapes;
  }

  static List<Convolver<?>> convolutions() {
    return KernelsUnderTest.winograds();
  }

  /** Random numbers for one geometry, and places for results. */
  private record Case<A>(Convolver<A> convolver, ConvolutionShape s, A x, A weight, A g) {
    static <A> Case<A> of(Convolver<A> convolver, ConvolutionShape s, long seed) {
      Random random = new Random(seed);
      Precision<A> precision = convolver.precision();
      return new Case<>(
          convolver,
          s,
          precision.from(Precision.normal(random, images(s, true))),
          precision.from(Precision.normal(random, s.outChannels() * s.inChannels() * 9)),
          precision.from(Precision.normal(random, images(s, false))));
    }

    static int images(ConvolutionShape s, boolean in) {
      return in
          ? s.batch() * s.inChannels() * s.inHeight() * s.inWidth()
          : s.batch() * s.outChannels() * s.outHeight() * s.outWidth();
    }

    /** y, dx and dweight of this kernel. */
    List<double[]> results() {
      Precision<A> precision = convolver.precision();
      A y = precision.from(nans(images(s, false)));
      A dx = precision.from(nans(images(s, true)));
      A dweight = precision.from(nans(s.outChannels() * s.inChannels() * 9));
      convolver.kernel().forward(s, x, weight, y);
      convolver.kernel().inputGradient(s, g, weight, dx);
      convolver.kernel().weightGradient(s, x, g, dweight);
      return List.of(precision.toDoubles(y), precision.toDoubles(dx), precision.toDoubles(dweight));
    }

    Case<double[]> exact() {
      Precision<A> p = convolver.precision();
      return new Case<>(
          new Convolver<>(Precision.F64, EXACT),
          s,
          p.toDoubles(x),
          p.toDoubles(weight),
          p.toDoubles(g));
    }

    private static double[] nans(int size) {
      double[] values = new double[size];
      Arrays.fill(values, Double.NaN);
      return values;
    }
  }

  /**
   * Errors in units of the root mean square of a sum of so many products of normal numbers, which
   * the README's table states as well.
   */
  @ParameterizedTest
  @MethodSource("convolutions")
  void agreesWithTheDefinition(Convolver<?> convolver) {
    for (ConvolutionShape s : shapes()) {
      assertTrue(s.suitsWinograd(), "" + s);
      Case<?> c = Case.of(convolver, s, 5);
      List<double[]> actual = c.results();
      List<double[]> expected = c.exact().results();
      int pixels = s.batch() * s.outHeight() * s.outWidth();
      int[] terms = {9 * s.inChannels(), 9 * s.outChannels(), pixels};
      for (int result = 0; result < 3; result++) {
        String what = convolver + " result " + result + " " + s;
        double unit = convolver.precision().roundoff() * Math.sqrt(terms[result]);
        double squares = 0;
        for (int i = 0; i < expected.get(result).length; i++) {
          double error = (actual.get(result)[i] - expected.get(result)[i]) / unit;
          assertTrue(Math.abs(error) < MOST, what + "[" + i + "] is off by " + error);
          squares += error * error;
        }
        double meanSquare = squares / expected.get(result).length;
        assertTrue(meanSquare < USUAL * USUAL, what + " " + Math.sqrt(meanSquare));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void gradientsAreTheAdjoints(Convolver<?> convolver) {
    for (ConvolutionShape s : shapes().subList(3, 40)) {
      Case<?> c = Case.of(convolver, s, 6);
      Case<double[]> exact = c.exact();
      List<double[]> results = c.results();
      double inner = dot(results.get(0), exact.g());
      double size = Math.sqrt(dot(results.get(0), results.get(0)) * dot(exact.g(), exact.g()));
      double allowed = 64 * convolver.precision().roundoff() * size;
      assertEquals(inner, dot(exact.x(), results.get(1)), allowed, convolver + " dx " + s);
      assertEquals(inner, dot(exact.weight(), results.get(2)), allowed, convolver + " dw " + s);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** A NaN reaches up to 25 results of each filter, and no others. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void notANumberReachesItsTiles(Convolver<?> convolver) {
    ConvolutionShape s = shape(2, 3, 20, 75, 4, 1, 1);
    for (int[] pixel : new int[][] {{0, 0, 16}, {5, 6, 16}, {4, 4, 25}, {7, 9, 20}}) {
      Case<?> c = Case.of(convolver, s, 7);
      Case<double[]> exact = c.exact();
      exact.x()[((1 * 3 + 2) * 20 + pixel[0]) * 75 + pixel[1]] = Double.NaN;
      double[] y = with(convolver, s, exact).results().get(0);
      int reached = 0;
      for (int i = 0; i < y.length; i++) {
        int row = i / 75 % 20;
        int column = i % 75;
        boolean sees = i >= y.length / 2 && sees(row, pixel[0]) && sees(column, pixel[1]);
        assertEquals(sees, Double.isNaN(y[i]), convolver + " " + row + ", " + column);
        reached += sees ? 1 : 0;
      }
      assertEquals(4 * pixel[2], reached);
    }
  }

  /** A tile sees six pixels; the first counts for its first result alone, the last for its last. */
  private static boolean sees(int result, int pixel) {
    int place = pixel + 1 - result / 4 * 4;
    return place > 0 && place < 5 || place == 0 && result % 4 == 0 || place == 5 && result % 4 == 3;
  }

  private static <A> Case<A> with(Convolver<A> convolver, ConvolutionShape s, Case<double[]> c) {
    Precision<A> p = convolver.precision();
    return new Case<>(convolver, s, p.from(c.x()), p.from(c.weight()), p.from(c.g()));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void doesNotDependOnTheNumberOfThreads(Convolver<?> convolver) throws Exception {
    for (ConvolutionShape s :
        List.of(shape(3, 50, 41, 67, 37, 1, 1), shape(1, 16, 90, 90, 8, 0, 2))) {
      Case<?> c = Case.of(convolver, s, 8);
      List<double[]> expected = c.results();
      for (int threads : new int[] {1, 2, 3, 5}) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        List<double[]> actual = pool.submit(c::results).get();
        pool.shutdown();
        assertSameBits(expected, actual, convolver + " threads=" + threads + " " + s);
      }
    }
  }

  /** Interpreted at first, then compiled. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void doesNotDependOnCompilation(Convolver<?> convolver) {
    Case<?> c = Case.of(convolver, shape(1, 9, 10, 21, 11, 1, 1), 9);
    List<double[]> expected = c.results();
    for (int round = 0; round < 1000; round++) {
      assertSameBits(expected, c.results(), convolver + " in round " + round);
    }
  }

  private static void assertSameBits(List<double[]> a, List<double[]> b, String what) {
    for (int i = 0; i < a.size(); i++) {
      assertTrue(Arrays.equals(a.get(i), b.get(i)), what + " result " + i);
    }
  }

  @Test
  void paysBySizeAlone() {
    assertTrue(shape(1, 32, 32, 32, 32, 1, 1).winogradPays());
    assertTrue(shape(4, 64, 16, 16, 128, 1, 1).winogradPays());
    assertFalse(shape(3, 128, 16, 16, 128, 1, 1).winogradPays());
    assertFalse(shape(1, 32, 32, 31, 32, 1, 1).winogradPays());
    assertFalse(shape(1, 31, 64, 64, 32, 1, 1).winogradPays());
    assertFalse(shape(1, 32, 64, 64, 31, 1, 1).winogradPays());
    assertFalse(shape(9, 64, 64, 15, 64, 1, 1).winogradPays());
    assertFalse(shape(9, 64, 15, 64, 64, 1, 1).winogradPays());
    assertFalse(new ConvolutionShape(1, 64, 64, 64, 64, 3, 3, 2, 2, 1, 1, 1, 1, 1).winogradPays());
  }

  @Test
  void otherGeometriesAreNotSuited() {
    ConvolutionShape s = shape(1, 4, 9, 9, 4, 1, 1);
    assertTrue(s.suitsWinograd());
    assertFalse(shape(0, 4, 9, 9, 4, 1, 1).suitsWinograd());
    assertFalse(shape(1, 0, 9, 9, 4, 1, 1).suitsWinograd());
    assertFalse(shape(1, 4, 9, 9, 4, 1, 3).suitsWinograd());
    assertFalse(shape(1, 1 << 20, 9, 9, 4, 1, 1).suitsWinograd());
    assertFalse(new ConvolutionShape(1, 4, 9, 9, 4, 3, 5, 1, 1, 1, 1, 1, 1, 1).suitsWinograd());
    assertFalse(new ConvolutionShape(1, 4, 9, 9, 4, 5, 3, 1, 1, 1, 1, 1, 1, 1).suitsWinograd());
    assertFalse(new ConvolutionShape(1, 4, 9, 9, 4, 3, 3, 1, 2, 1, 1, 1, 1, 1).suitsWinograd());
    assertFalse(new ConvolutionShape(1, 4, 9, 9, 4, 3, 3, 1, 1, 1, 1, 2, 1, 1).suitsWinograd());
    assertFalse(new ConvolutionShape(1, 4, 9, 9, 4, 3, 3, 1, 1, 1, 1, 1, 1, 2).suitsWinograd());
  }
}
