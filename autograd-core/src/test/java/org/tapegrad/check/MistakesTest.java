package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.check.GradientAssert.assertGradient;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.tapegrad.array.NdArray;

/** What is said of a wrong gradient, and how a test fails with it. */
class MistakesTest {
  private static final String ENCODING = "stdout.encoding";
  private final String encoding = System.getProperty(ENCODING);

  @AfterEach
  void restoreEncoding() {
    if (encoding == null) {
      System.clearProperty(ENCODING);
    } else {
      System.setProperty(ENCODING, encoding);
    }
  }

  /** The sum of sines of seven elements, each cosine times a factor of its own. */
  private static Report sines(double... factors) {
    return GradientCheck.of(
            x -> Arrays.stream(x).map(Math::sin).sum(),
            x -> {
              double[] g = new double[x.length];
              Arrays.setAll(g, i -> factors[i] * Math.cos(x[i]));
              return g;
            })
        .at(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
        .report();
  }

  @Test
  void theFiveWorstElementsAreListedWithTheirRatios() {
    Report report = sines(1, -1, 2, 0.5, 0, 7, 1 / 7.0);
    List<Mistake> mistakes = report.mistakes();
    assertEquals(5, mistakes.size());
    assertEquals("x[5]", mistakes.get(0).element());
    assertEquals("x[5]", "x" + ((Verdict.Wrong) report.verdict()).element());
    for (Mistake m : mistakes) {
      int i = m.element().charAt(2) - '0';
      double cosine = Math.cos((i + 1) / 10.0);
      assertEquals(cosine, m.numeric(), 10 * m.error(), m::toString);
      assertTrue(m.error() < 1e-9, m::toString);
      double[] ratios = {1, -1, 2, 0.5, 0, 7, 1 / 7.0};
      assertEquals(ratios[i], m.ratio(), 1e-9, m::toString);
      String[] hints = {
        "",
        "-1: a sign?",
        "2: a factor?",
        "1/2: a factor?",
        "0: a missing term?",
        "7: a sum for a mean?",
        "1/7: a mean for a sum?"
      };
      assertEquals(hints[i], m.hint());
    }
    assertEquals(List.of(), sines(1, 1, 1, 1, 1, 1, 1).mistakes());
    assertTrue(
        report.toString().contains("x[5]             claimed 5.77734930437"), report::toString);
    assertFalse(report.toString().contains("common factor"), report::toString);
    assertEquals("1/2: a factor?", sines(1, 1, 1, 0.5, 1, 1, 1).mistakes().get(0).hint());
    assertEquals(
        "1/7: a mean for a sum?", sines(1, 1 / 7.0, 1, 1, 1, 1, 1).mistakes().get(0).hint());
    assertEquals("", sines(1, 1.25, 1, 1, 1, 1, 1).mistakes().get(0).hint());
  }

  @Test
  void oneRatioEverywhereIsSaid() {
    double[] factors = {1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5};
    String text = "  one ratio everywhere, a common factor: 1.50000\n";
    assertTrue(sines(factors).toString().contains(text), sines(factors)::toString);
    factors[3] = 1;
    Report zero =
        GradientCheck.of(x -> Math.exp(x[0] - x[0]) * x[1], x -> new double[] {1, 1})
            .at(1, 2)
            .report();
    assertFalse(zero.toString().contains("one ratio"), zero::toString);
    assertFalse(sines(factors).toString().contains("one ratio"), sines(factors)::toString);
  }

  @Test
  void elementsHaveNames() {
    TensorCheck check =
        GradientCheck.of(x -> x[0] * x[1], x -> new double[] {x[1], -x[0]}).at(3, 4);
    String text = check.names("pressure", "length").report().toString();
    assertTrue(text.contains("Wrong at x[length]: analytic -3.0"), text);
    assertTrue(text.contains("  x[length]        claimed -3.0"), text);
    TensorCheck arrays =
        GradientCheck.of((a, b) -> a.times(b).sum().log())
            .at(NdArray.of(new double[] {-1}, 1), NdArray.of(new double[] {1}, 1))
            .names("a", "b");
    assertTrue(arrays.report().toString().contains("(x0[a])"), arrays.report()::toString);
    assertEquals(
        "1 names for 2 elements",
        assertThrows(IllegalArgumentException.class, check.names("one")::report).getMessage());
    assertEquals(
        "names: a name is needed, was null",
        assertThrows(IllegalArgumentException.class, () -> check.names("a", null)).getMessage());
  }

  @Test
  void aFailedTestHoldsBothGradients() {
    AssertionFailedError error =
        assertThrows(
            AssertionFailedError.class,
            () ->
                assertGradient(x -> x[0] * x[1] + x[2], x -> new double[] {x[1], -x[0], 1})
                    .at(3, 4, 5));
    double[] numeric = (double[]) error.getExpected().getValue();
    assertArrayEquals(new double[] {4, 3, 1}, numeric, 1e-9);
    assertArrayEquals(new double[] {4, -3, 1}, (double[]) error.getActual().getValue());
    assertEquals(
        "4.00000000000\n-3.00000000000\n1.00000000000",
        error.getActual().getStringRepresentation());
    assertTrue(error.getMessage().startsWith("order 1: Wrong at x[1]"), error.getMessage());
    assertGradient(x -> x[0] * x[1], x -> new double[] {x[1], x[0]}).at(3, 4);
    AssertionFailedError vacuous =
        assertThrows(
            AssertionFailedError.class,
            () -> assertGradient(x -> 1, x -> new double[x.length]).at(3));
    assertFalse(vacuous.isExpectedDefined());
  }

  @Test
  void withoutOpentest4jThePlainErrorIsThrown() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("opentest4j")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(GradientAssert.class.getName());
      ToDoubleFunction<double[]> f = x -> x[0];
      UnaryOperator<double[]> gradient = x -> new double[] {2};
      Object made =
          type.getMethod("assertGradient", ToDoubleFunction.class, UnaryOperator.class)
              .invoke(null, f, gradient);
      InvocationTargetException thrown =
          assertThrows(
              InvocationTargetException.class,
              () -> type.getMethod("at", double[].class).invoke(made, new double[] {1}));
      assertEquals(AssertionError.class, thrown.getCause().getClass());
      assertTrue(thrown.getCause().getMessage().startsWith("order 1: Wrong at x[0]"));
    }
  }

  @Test
  void moreElementsThanAreListedDiffer() {
    AssertionFailedError error =
        assertThrows(AssertionFailedError.class, () -> sines(3, 3, 3, 3, 3, 3, 3).assertCorrect());
    double[] cosines =
        Arrays.stream(new double[] {1, 2, 3, 4, 5, 6, 7}).map(v -> Math.cos(v / 10)).toArray();
    assertArrayEquals(cosines, (double[]) error.getExpected().getValue(), 1e-9);
  }

  @Test
  void theConsoleCanPrintTheReport() {
    Report report = sines(2, 1, 1, 1, 1, 1, 1);
    System.setProperty(ENCODING, "UTF-8");
    assertTrue(report.toString().contains(" \u00b1 "), report::toString);
    System.setProperty(ENCODING, "US-ASCII");
    assertTrue(report.toString().contains(" +/- "), report::toString);
    assertTrue(report.toString().chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127));
    System.setProperty(ENCODING, "no such thing");
    assertFalse(report.toString().isEmpty());
  }

  /** What is differentiated is the iteration, what is claimed the derivative of its limit. */
  @Test
  void aSolverThatStopsEarlyAgreesWithinItsTolerance() {
    for (double a = 0.3; a < 0.9; a += 0.1) {
      for (double factor : new double[] {1, 1.5}) {
        TensorCheck check =
            GradientCheck.of(
                    v -> fixedPoint(v[0], 1e-6),
                    v -> {
                      double x = fixedPoint(v[0], 1e-15);
                      double slope = -x * Math.sin(v[0] * x);
                      return new double[] {factor * slope / (1 + v[0] * Math.sin(v[0] * x))};
                    })
                .at(a);
        assertTrue(check.report().verdict() instanceof Verdict.Wrong, "" + a);
        Verdict verdict = check.agreeingTo(1e-4).report().verdict();
        assertEquals(factor == 1, verdict.isCorrect(), verdict::summary);
        assertEquals(factor != 1, verdict instanceof Verdict.Wrong, verdict::summary);
      }
    }
  }

  /** The solution of x = cos(a x), until a step changes it by the tolerance at most. */
  private static double fixedPoint(double a, double tolerance) {
    double before = 1;
    for (int step = 0; step < 1000; step++) {
      double x = Math.cos(a * before);
      if (Math.abs(x - before) <= tolerance) {
        return x;
      }
      before = x;
    }
    throw new IllegalStateException("does not converge");
  }

  @Test
  void aBiasThatIsStatedIsCorrectAndSaid() {
    TensorCheck check =
        GradientCheck.of(
                x -> Arrays.stream(x).map(Math::sin).sum(),
                x -> Arrays.stream(x).map(v -> 1.005 * Math.cos(v)).toArray())
            .at(1, 2, 3, 4);
    assertTrue(check.report().verdict() instanceof Verdict.Wrong);
    assertTrue(check.agreeingTo(4e-3).report().verdict() instanceof Verdict.Wrong);
    Verdict.Correct correct = (Verdict.Correct) check.agreeingTo(1e-2).assertCorrect().verdict();
    assertEquals(1e-2, correct.agreeingTo());
    assertEquals(-Math.log10(0.005 / 1.005), correct.digits(), 1e-3);
    assertEquals(
        "Correct to 2.3 digits, within the bias of 1e-2 stated by agreeingTo", correct.summary());
    TensorCheck one =
        GradientCheck.of(
                x -> Math.sin(x[0]) + 1e6 * Math.sin(x[1]),
                x -> new double[] {1.02 * Math.cos(x[0]), 1.005e6 * Math.cos(x[1])})
            .at(1, 2)
            .agreeingTo(1e-2);
    assertEquals(0, ((Verdict.Wrong) one.report().verdict()).index());
    for (double wrong : new double[] {0, -1, 1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "agreeingTo must be above 0 and below 1, was " + wrong,
          assertThrows(IllegalArgumentException.class, () -> check.agreeingTo(wrong)).getMessage());
    }
  }
}
