package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.kernel.KernelsUnderTest.Product;

/** Every matrix product against the definition, bit for bit the same on any number of threads. */
class MatrixProductTest {
  private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31};
  private static final int[][] LARGE = {
    {49, 50, 130},
    {97, 149, 7},
    {5, 1031, 300},
    {130, 3, 521},
    {64, 64, 64},
    {1, 513, 257},
    {67, 1, 513}
  };
  private static final int OFFSET = 3;

  static List<Product<?>> products() {
    return KernelsUnderTest.products();
  }

  @ParameterizedTest
  @MethodSource("products")
  void agreesWithTheDefinitionOverAwkwardSizes(Product<?> product) {
    for (int m : SIZES) {
      for (int n : SIZES) {
        for (int k : SIZES) {
          checkAllLayouts(product, m, n, k);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void agreesWithTheDefinitionAcrossBlocks(Product<?> product) {
    for (int[] size : LARGE) {
      checkAllLayouts(product, size[0], size[1], size[2]);
    }
  }

  private static <A> void checkAllLayouts(Product<A> product, int m, int n, int k) {
    for (int layout = 0; layout < 4; layout++) {
      check(product, m, n, k, (layout & 1) != 0, (layout & 2) != 0);
    }
  }

  private static <A> void check(Product<A> product, int m, int n, int k, boolean aT, boolean bT) {
    Random random = new Random(m * 1_000_003L + n * 1009L + k);
    double[] a = Precision.normal(random, OFFSET + m * k);
    double[] b = Precision.normal(random, 2 * OFFSET + k * n);
    double[] c = Precision.normal(random, 1 + m * n + OFFSET);
    double[] before = c.clone();
    Arrays.fill(c, 1, 1 + m * n, Double.NaN);
    A array = product.precision().from(c);
    product
        .kernel()
        .multiply(
            m,
            n,
            k,
            product.precision().from(a),
            OFFSET,
            aT,
            product.precision().from(b),
            2 * OFFSET,
            bT,
            array,
            1);
    double[] actual = product.precision().toDoubles(array);
    assertEquals(before[0], actual[0]);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double size = 0;
        for (int p = 0; p < k; p++) {
          double term =
              a[OFFSET + (aT ? p * m + i : i * k + p)]
                  * b[2 * OFFSET + (bT ? j * k + p : p * n + j)];
          sum += term;
          size += Math.abs(term);
        }
        double error = Math.abs(sum - actual[1 + i * n + j]);
        double allowed = product.precision().roundoff() * (k + 2) * size;
        if (!(error <= allowed)) {
          throw new AssertionError(
              String.format(
                  "%s m=%d n=%d k=%d aT=%b bT=%b: c[%d, %d] is %s, not %s",
                  product, m, n, k, aT, bT, i, j, actual[1 + i * n + j], sum));
        }
      }
    }
    assertArrayEquals(
        Arrays.copyOfRange(before, 1 + m * n, c.length),
        Arrays.copyOfRange(actual, 1 + m * n, c.length),
        "behind the end");
  }

  @ParameterizedTest
  @MethodSource("products")
  void zeroTimesNaNIsNaN(Product<?> product) {
    checkNaN(product, 1, 1, 1);
    checkNaN(product, 9, 33, 5);
    checkNaN(product, 70, 150, 300);
  }

  private static <A> void checkNaN(Product<A> product, int m, int n, int k) {
    for (int layout = 0; layout < 4; layout++) {
      boolean aT = (layout & 1) != 0;
      boolean bT = (layout & 2) != 0;
      double[] b = new double[k * n];
      b[bT ? (n - 1) * k + k - 1 : (k - 1) * n + n - 1] = Double.NaN;
      A c = product.precision().from(new double[m * n]);
      A zeros = product.precision().from(new double[m * k]);
      product.kernel().multiply(m, n, k, zeros, 0, aT, product.precision().from(b), 0, bT, c, 0);
      double[] actual = product.precision().toDoubles(c);
      for (int i = 0; i < m * n; i++) {
        assertEquals(i % n == n - 1 ? Double.NaN : 0.0, actual[i], 0.0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void doesNotDependOnTheNumberOfThreads(Product<?> product) throws Exception {
    checkThreads(product, 129, 517, 300);
    checkThreads(product, 8, 3001, 27);
    checkThreads(product, 1201, 5, 64);
  }

  private static <A> void checkThreads(Product<A> product, int m, int n, int k) throws Exception {
    Random random = new Random(5);
    A a = product.precision().from(Precision.normal(random, m * k));
    A b = product.precision().from(Precision.normal(random, k * n));
    double[] expected = null;
    for (int threads : new int[] {1, 2, 3, 5}) {
      A c = product.precision().from(new double[m * n]);
      ForkJoinPool pool = new ForkJoinPool(threads);
      pool.submit(() -> product.kernel().multiply(m, n, k, a, 0, false, b, 0, false, c, 0)).get();
      pool.shutdown();
      double[] actual = product.precision().toDoubles(c);
      assertTrue(
          expected == null || Arrays.equals(expected, actual), product + " threads=" + threads);
      expected = actual;
    }
  }
}
