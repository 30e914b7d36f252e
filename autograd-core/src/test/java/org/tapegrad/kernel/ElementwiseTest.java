package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every elementwise function against its definition, at lengths around those of vectors. */
class ElementwiseTest {
  private static final int[] LENGTHS = {0, 1, 2, 7, 31, 63, 64, 65, 71, 127, 128, 1009};
  private static final int BEFORE = 3;
  private static final int AFTER = 5;
  private static final double UNTOUCHED = 77;

  private record Subject<A>(Precision<A> precision, Elementwise<A> kernel) {
    double[] unary(Unary op, double[] a) {
      A out = margins(a.length);
      kernel.unary(op, padded(a), out, BEFORE, BEFORE + a.length);
      return inside(out);
    }

    double[] inPlace(Unary op, double[] a) {
      A both = padded(a);
      kernel.unary(op, both, both, BEFORE, BEFORE + a.length);
      return inside(both);
    }

    double[] binary(Binary op, double[] a, double[] b, int n) {
      A out = margins(n);
      int aStep = a.length == 1 ? 0 : 1;
      int bStep = b.length == 1 ? 0 : 1;
      kernel.binary(op, precision.from(a), 0, aStep, padded(b), BEFORE, bStep, out, BEFORE, n);
      return inside(out);
    }

    private A padded(double[] a) {
      double[] padded = new double[BEFORE + a.length + AFTER];
      Arrays.fill(padded, UNTOUCHED);
      System.arraycopy(a, 0, padded, BEFORE, a.length);
      return precision.from(padded);
    }

    private A margins(int n) {
      double[] values = new double[BEFORE + n + AFTER];
      Arrays.fill(values, UNTOUCHED);
      return precision.from(values);
    }

    private double[] inside(A out) {
      double[] all = precision.toDoubles(out);
      for (int i = 0; i < all.length; i++) {
        if (i < BEFORE || i >= all.length - AFTER) {
          assertEquals(UNTOUCHED, all[i], this + " wrote outside of its range");
        }
      }
      return Arrays.copyOfRange(all, BEFORE, all.length - AFTER);
    }

    /** Rounds to this precision. */
    double rounded(double v) {
      return precision.toDoubles(precision.from(new double[] {v}))[0];
    }

    void check(double expected, double actual, String what) {
      double e = rounded(expected);
      // Four units in the last place, and whole results where e is no ordinary number.
      double allowed = 8 * precision.roundoff() * Math.abs(e);
      boolean tiny = Math.abs(e) < 1e-37;
      assertTrue(
          Double.compare(e + 0.0, actual + 0.0) == 0
              || Math.abs(e - actual) <= (tiny ? 1e-44 : allowed),
          () -> this + " " + what + " is " + actual + ", not " + e);
    }

    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    subjects.add(new Subject<>(Precision.F64, new PlainElementwiseF64()));
    subjects.add(new Subject<>(Precision.F32, new PlainElementwiseF32()));
    if (Kernels.VECTORIZED) {
      subjects.add(new Subject<>(Precision.F64, new VectorElementwiseF64()));
      subjects.add(new Subject<>(Precision.F32, new VectorElementwiseF32()));
    }
    return subjects;
  }

  /** Ordinary numbers with the unusual ones in between. */
  private static double[] numbers(int n, int seed) {
    double[] a = Precision.normal(new Random(seed), n);
    double[] unusual = {
      0,
      -0.0,
      1,
      -1,
      20,
      -20,
      1000,
      -1000,
      1e30,
      -1e30,
      1e-30,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (int i = 0, at = 0; at < n; i++, at += 3) {
      a[at] = unusual[(i + seed) % unusual.length];
    }
    return a;
  }

  private static double expected(Unary op, double v) {
    return switch (op) {
      case NEGATE -> -v;
      case ABS -> Math.abs(v);
      case SIGN -> Math.signum(v);
      case SQUARE -> v * v;
      case SQRT -> StrictMath.sqrt(v);
      case EXP -> StrictMath.exp(v);
      case LOG -> StrictMath.log(v);
      case SIN -> StrictMath.sin(v);
      case COS -> StrictMath.cos(v);
      case TANH -> StrictMath.tanh(v);
      case SIGMOID ->
          v >= 0 ? 1 / (1 + StrictMath.exp(-v)) : StrictMath.exp(v) / (1 + StrictMath.exp(v));
      case SOFTPLUS -> Math.max(v, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(v)));
      case RELU -> v > 0 ? v : v <= 0 ? 0 : v;
    };
  }

  private static double expected(Binary op, double a, double b) {
    return switch (op) {
      case PLUS -> a + b;
      case MINUS -> a - b;
      case TIMES -> a * b;
      case DIVIDED_BY -> a / b;
      case POW -> Math.pow(a, b);
      case MAXIMUM -> Math.max(a, b);
      case GREATER -> a > b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case GATE -> b <= 0 ? 0 : a;
      case SIGMOID_GRADIENT -> a * slope(b);
      case TANH_GRADIENT -> a * (4 * slope(2 * b));
    };
  }

  private static double slope(double v) {
    double e = StrictMath.exp(-Math.abs(v));
    return e / ((1 + e) * (1 + e));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void unaryFunctionsAgreeWithTheirDefinition(Subject<?> subject) {
    for (Unary op : Unary.values()) {
      for (int n : LENGTHS) {
        double[] a = numbers(n, n);
        double[] out = subject.unary(op, a);
        for (int i = 0; i < n; i++) {
          subject.check(expected(op, subject.rounded(a[i])), out[i], op + "(" + a[i] + ")");
        }
        assertTrue(Arrays.equals(out, subject.inPlace(op, a)), op + " in place");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void binaryFunctionsAgreeWithTheirDefinition(Subject<?> subject) {
    for (Binary op : Binary.values()) {
      for (int n : LENGTHS) {
        for (int steps = 0; steps < 4; steps++) {
          double[] a = numbers(n < 2 || (steps & 1) == 0 ? n : 1, n);
          double[] b = numbers(n < 2 || (steps & 2) == 0 ? n : 1, n + 5);
          double[] out = subject.binary(op, a, b, n);
          for (int i = 0; i < n; i++) {
            double x = subject.rounded(a[a.length == 1 ? 0 : i]);
            double y = subject.rounded(b[b.length == 1 ? 0 : i]);
            subject.check(expected(op, x, y), out[i], op + "(" + x + ", " + y + ")");
          }
        }
      }
    }
  }

  /** A value does not depend on where in a long array it stands. */
  @ParameterizedTest
  @MethodSource("subjects")
  void allPlacesOfALongArrayAreAlike(Subject<?> subject) {
    for (Unary op : Unary.values()) {
      for (double v : new double[] {0.3, 1.7, 4.1}) {
        double[] a = new double[1009];
        Arrays.fill(a, v);
        double[] out = subject.unary(op, a);
        assertTrue(Arrays.stream(out).allMatch(o -> o == out[0]), subject + " " + op);
      }
    }
  }
}
