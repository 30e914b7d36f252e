package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Normalisation and its gradient against exact arithmetic, at lengths around those of blocks. */
class PlanesTest {
  private static final MathContext DIGITS = new MathContext(40);
  private static final double EPS = 0.25;

  /** Outer, groups, planes per run, elements per plane. */
  private static final int[][] SHAPES = {
    {1, 1, 1, 1},
    {1, 2, 1, 2},
    {2, 3, 1, 5},
    {1, 2, 3, 7},
    {3, 2, 2, 31},
    {1, 3, 1, 64},
    {2, 1, 1, 127},
    {1, 1, 2, 257},
    {1, 2, 1, 1023},
    {1, 1, 1, 4099},
    {1, 1, 1, 8191}
  };

  private record Subject<A>(Precision<A> precision, Planes<A> kernel) {
    Result run(Case c) {
      A x = precision.from(c.x());
      A g = precision.from(c.g());
      A y = nans(c.x().length);
      A xhat = nans(c.x().length);
      A dx = nans(c.x().length);
      A sumG = nans(c.x().length / c.plane());
      A sumGXhat = nans(c.x().length / c.plane());
      int groups = c.groups().groups();
      Planes.Statistics<A> known =
          new Planes.Statistics<>(
              nans(groups), nans(groups), nans(groups), nans(groups), nans(groups));
      Planes.PerPlane<A> gamma = perPlane(c.gamma());
      kernel.forward(
          c.groups(), c.plane(), c.centred(), EPS, x, known, gamma, perPlane(c.beta()), y);
      kernel.normalise(c.groups(), x, known, xhat);
      kernel.backward(c.groups(), c.plane(), c.centred(), g, x, known, gamma, sumG, sumGXhat, dx);
      assertArrayEquals(c.x(), precision.toDoubles(x), "x stays as it was");
      assertArrayEquals(c.g(), precision.toDoubles(g), "g stays as it was");
      Result result = new Result();
      result.y = precision.toDoubles(y);
      result.xhat = precision.toDoubles(xhat);
      result.variance = precision.toDoubles(known.variance());
      result.sumG = precision.toDoubles(sumG);
      result.sumGXhat = precision.toDoubles(sumGXhat);
      result.dx = precision.toDoubles(dx);
      A again = nans(c.x().length / c.plane());
      kernel.backward(
          c.groups(), c.plane(), c.centred(), g, x, known, gamma, again, sumGXhat, null);
      assertArrayEquals(result.sumG, precision.toDoubles(again), "the same without dx");
      return result;
    }

    private A nans(int size) {
      double[] values = new double[size];
      Arrays.fill(values, Double.NaN);
      return precision.from(values);
    }

    private Planes.PerPlane<A> perPlane(double[] values) {
      return values == null
          ? new Planes.PerPlane<>(null, 1)
          : new Planes.PerPlane<>(precision.from(values), values.length);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  /** Gamma and beta are null where absent; plane p takes element p modulo their size. */
  private record Case(
      PlaneGroups groups,
      int plane,
      boolean centred,
      double[] x,
      double[] g,
      double[] gamma,
      double[] beta) {

    double gammaOf(int p) {
      return gamma == null ? 1 : gamma[p % gamma.length];
    }

    double betaOf(int p) {
      return beta == null ? 0 : beta[p % beta.length];
    }
  }

  private static final class Result {
    double[] y;
    double[] xhat;
    double[] variance;
    double[] sumG;
    double[] sumGXhat;
    double[] dx;
  }

  static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    subjects.add(new Subject<>(Precision.F64, new PlainPlanesF64()));
    subjects.add(new Subject<>(Precision.F32, new PlainPlanesF32()));
    if (Kernels.VECTORIZED) {
      subjects.add(new Subject<>(Precision.F64, new VectorPlanesF64()));
      subjects.add(new Subject<>(Precision.F32, new VectorPlanesF32()));
    }
    return subjects;
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void agreesWithExactArithmetic(Subject<?> subject) {
    Random random = new Random(7);
    for (int[] s : SHAPES) {
      for (boolean centred : new boolean[] {true, false}) {
        PlaneGroups groups = new PlaneGroups(s[0], s[1], s[2] * s[3]);
        int planes = s[0] * s[1] * s[2];
        double[] x = Precision.normal(random, planes * s[3]);
        Arrays.setAll(x, i -> (float) (3 * x[i] + 5));
        double[] g = Precision.normal(random, x.length);
        double[] gamma = Precision.normal(random, Math.max(1, planes / s[0]));
        double[] beta = Precision.normal(random, planes);
        check(subject, new Case(groups, s[3], centred, x, g, gamma, beta));
        check(subject, new Case(groups, s[3], centred, x, g, null, null));
      }
    }
  }

  /** The squares of these deviations leave the range of the type, their ratios do not. */
  @ParameterizedTest
  @MethodSource("subjects")
  void statisticsOfHugeNumbers(Subject<?> subject) {
    boolean single = subject.precision() == Precision.F32;
    double[] x = Precision.normal(new Random(3), 60);
    Arrays.setAll(x, i -> single ? (float) (x[i] * 1e30) : x[i] * 1e200);
    double[] g = Precision.normal(new Random(4), 60);
    Case c = new Case(new PlaneGroups(1, 2, 30), 30, true, x, g, null, null);
    double error = 200 * subject.precision().roundoff();
    assertClose(exact(c).xhat, subject.run(c).xhat, error, "xhat");
  }

  /** The first mean is off by a few hundredths of the deviations; its residual makes up for it. */
  @ParameterizedTest
  @MethodSource("subjects")
  void statisticsFarFromZero(Subject<?> subject) {
    boolean single = subject.precision() == Precision.F32;
    double[] x = Precision.normal(new Random(3), 2000);
    Arrays.setAll(x, i -> single ? (float) (x[i] + 1e6) : x[i] + 1e14);
    double[] g = Precision.normal(new Random(4), 2000);
    Case c = new Case(new PlaneGroups(1, 2, 1000), 1000, true, x, g, null, null);
    Result expected = exact(c);
    Result actual = subject.run(c);
    double error = 200 * subject.precision().roundoff();
    assertClose(expected.xhat, actual.xhat, error, "xhat");
    assertClose(expected.variance, actual.variance, error, "variance");
    assertClose(expected.dx, actual.dx, error, "dx");
  }

  private static void check(Subject<?> subject, Case c) {
    Result expected = exact(c);
    Result actual = subject.run(c);
    double u = 40 * subject.precision().roundoff();
    assertClose(expected.xhat, actual.xhat, 5 * u, "xhat");
    assertClose(expected.y, actual.y, 20 * u, "y");
    assertClose(expected.variance, actual.variance, u, "variance");
    assertClose(expected.sumG, actual.sumG, u * c.plane(), "sum of g");
    assertClose(expected.sumGXhat, actual.sumGXhat, 10 * u * c.plane(), "sum of g xhat");
    assertClose(expected.dx, actual.dx, 20 * u, "dx");
  }

  private static void assertClose(double[] expected, double[] actual, double error, String what) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], actual[i], error * (1 + Math.abs(expected[i])), what + "[" + i + "]");
    }
  }

  private static BigDecimal big(double v) {
    return new BigDecimal(v);
  }

  private static Result exact(Case c) {
    PlaneGroups s = c.groups();
    Result result = new Result();
    result.y = new double[c.x().length];
    result.xhat = new double[c.x().length];
    result.dx = new double[c.x().length];
    result.variance = new double[s.groups()];
    result.sumG = new double[c.x().length / c.plane()];
    result.sumGXhat = new double[c.x().length / c.plane()];
    for (int k = 0; k < s.groups(); k++) {
      exactGroup(c, k, result);
    }
    return result;
  }

  private static void exactGroup(Case c, int k, Result to) {
    int[] members = members(c.groups(), k);
    BigDecimal m = big(members.length);
    BigDecimal mean = big(0);
    for (int i : members) {
      mean = mean.add(big(c.x()[i]));
    }
    mean = c.centred() ? mean.divide(m, DIGITS) : big(0);
    BigDecimal variance = big(0);
    for (int i : members) {
      variance = variance.add(big(c.x()[i]).subtract(mean).pow(2));
    }
    variance = variance.divide(m, DIGITS);
    BigDecimal r = big(1).divide(variance.add(big(EPS)).sqrt(DIGITS), DIGITS);
    BigDecimal meanH = big(0);
    BigDecimal meanHXhat = big(0);
    BigDecimal[] sumG = zeros(to.sumG.length);
    BigDecimal[] sumGXhat = zeros(to.sumG.length);
    for (int i : members) {
      int p = i / c.plane();
      BigDecimal d = big(c.x()[i]).subtract(mean);
      BigDecimal h = big(c.g()[i]).multiply(big(c.gammaOf(p)));
      sumG[p] = sumG[p].add(big(c.g()[i]));
      sumGXhat[p] = sumGXhat[p].add(d.multiply(r).multiply(big(c.g()[i])));
      meanH = meanH.add(h);
      meanHXhat = meanHXhat.add(h.multiply(d).multiply(r));
      to.xhat[i] = d.multiply(r).doubleValue();
      to.y[i] = to.xhat[i] * c.gammaOf(p) + c.betaOf(p);
      to.sumG[p] = sumG[p].doubleValue();
      to.sumGXhat[p] = sumGXhat[p].doubleValue();
    }
    meanH = c.centred() ? meanH.divide(m, DIGITS) : big(0);
    meanHXhat = meanHXhat.divide(m, DIGITS);
    for (int i : members) {
      BigDecimal h = big(c.g()[i]).multiply(big(c.gammaOf(i / c.plane())));
      BigDecimal xhat = big(c.x()[i]).subtract(mean).multiply(r);
      to.dx[i] =
          h.subtract(meanH).subtract(xhat.multiply(meanHXhat)).multiply(r, DIGITS).doubleValue();
    }
    to.variance[k] = variance.doubleValue();
  }

  private static BigDecimal[] zeros(int n) {
    BigDecimal[] zeros = new BigDecimal[n];
    Arrays.fill(zeros, BigDecimal.ZERO);
    return zeros;
  }

  private static int[] members(PlaneGroups s, int k) {
    int[] members = new int[s.size()];
    for (int j = 0; j < members.length; j++) {
      members[j] = s.offset(j / s.run(), k) + j % s.run();
    }
    return members;
  }
}
