package org.tapegrad.kernel;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Elementwise loops in plain Java; those that C2 can vectorise are written so that it does. */
class PlainElementwiseF64 implements Elementwise<double[]> {
  private final ElementaryF64 elementary;

  PlainElementwiseF64() {
    this(new ElementaryF64());
  }

  PlainElementwiseF64(ElementaryF64 elementary) {
    this.elementary = elementary;
  }

  @Override
  public void unary(Unary op, double[] a, double[] out, int from, int to) {
    switch (op) {
      case NEGATE -> {
        for (int i = from; i < to; i++) {
          out[i] = -a[i];
        }
      }
      case ABS -> {
        for (int i = from; i < to; i++) {
          out[i] = Math.abs(a[i]);
        }
      }
      case SQUARE -> {
        for (int i = from; i < to; i++) {
          out[i] = a[i] * a[i];
        }
      }
      case SQRT -> {
        for (int i = from; i < to; i++) {
          out[i] = (double) Math.sqrt(a[i]);
        }
      }
      case RELU -> {
        for (int i = from; i < to; i++) {
          out[i] = Math.max(a[i], 0);
        }
      }
      case EXP -> elementary.exp(a, from, out, from, to - from);
      case LOG -> elementary.log(a, from, out, from, to - from);
      case TANH -> elementary.tanh(a, from, out, from, to - from);
      case SIGMOID -> elementary.sigmoid(a, from, out, from, to - from);
      case SOFTPLUS -> elementary.softplus(a, from, out, from, to - from);
      default -> {
        for (int i = from; i < to; i++) {
          out[i] = rare(op, a[i]);
        }
      }
    }
  }

  private static double rare(Unary op, double v) {
    return switch (op) {
      case SIN -> (double) Math.sin(v);
      case COS -> (double) Math.cos(v);
      case SIGN -> Math.signum(v);
      default -> throw new AssertionError(op);
    };
  }

  @Override
  public void binary(
      Binary op,
      double[] a,
      int aOffset,
      int aStep,
      double[] b,
      int bOffset,
      int bStep,
      double[] out,
      int outOffset,
      int n) {
    switch (op) {
      case PLUS -> plus(a, aOffset, aStep, b, bOffset, bStep, out, outOffset, n);
      case MINUS -> minus(a, aOffset, aStep, b, bOffset, bStep, out, outOffset, n);
      case TIMES -> times(a, aOffset, aStep, b, bOffset, bStep, out, outOffset, n);
      case DIVIDED_BY -> dividedBy(a, aOffset, aStep, b, bOffset, bStep, out, outOffset, n);
      case GATE -> {
        for (int i = 0; i < n; i++) {
          out[outOffset + i] = b[bOffset + i * bStep] <= 0 ? 0 : a[aOffset + i * aStep];
        }
      }
      case SIGMOID_GRADIENT, TANH_GRADIENT -> {
        int run = aStep == 1 && bStep == 1 ? n : 1;
        for (int i = 0; i < n; i += run) {
          elementary.slope(
              op == Binary.TANH_GRADIENT ? 2 : 1,
              a,
              aOffset + i * aStep,
              b,
              bOffset + i * bStep,
              out,
              outOffset + i,
              run);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          out[outOffset + i] = rare(op, a[aOffset + i * aStep], b[bOffset + i * bStep]);
        }
      }
    }
  }

  private static double rare(Binary op, double a, double b) {
    return switch (op) {
      case POW -> (double) Math.pow(a, b);
      case MAXIMUM -> Math.max(a, b);
      case GREATER -> a > b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      default -> throw new AssertionError(op);
    };
  }

  private static void plus(
      double[] a, int ao, int as, double[] b, int bo, int bs, double[] out, int oo, int n) {
    if (as == 1 && bs == 1) {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] + b[bo + i];
      }
    } else if (as == 1) {
      double scalar = n > 0 ? b[bo] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] + scalar;
      }
    } else if (bs == 1) {
      plus(b, bo, bs, a, ao, as, out, oo, n);
    } else {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao] + b[bo];
      }
    }
  }

  private static void minus(
      double[] a, int ao, int as, double[] b, int bo, int bs, double[] out, int oo, int n) {
    if (as == 1 && bs == 1) {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] - b[bo + i];
      }
    } else if (as == 1) {
      double scalar = n > 0 ? b[bo] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] - scalar;
      }
    } else {
      double scalar = n > 0 ? a[ao] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = scalar - b[bo + i * bs];
      }
    }
  }

  private static void times(
      double[] a, int ao, int as, double[] b, int bo, int bs, double[] out, int oo, int n) {
    if (as == 1 && bs == 1) {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] * b[bo + i];
      }
    } else if (as == 1) {
      double scalar = n > 0 ? b[bo] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] * scalar;
      }
    } else if (bs == 1) {
      times(b, bo, bs, a, ao, as, out, oo, n);
    } else {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao] * b[bo];
      }
    }
  }

  private static void dividedBy(
      double[] a, int ao, int as, double[] b, int bo, int bs, double[] out, int oo, int n) {
    if (as == 1 && bs == 1) {
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] / b[bo + i];
      }
    } else if (as == 1) {
      double scalar = n > 0 ? b[bo] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = a[ao + i] / scalar;
      }
    } else {
      double scalar = n > 0 ? a[ao] : 0;
      for (int i = 0; i < n; i++) {
        out[oo + i] = scalar / b[bo + i * bs];
      }
    }
  }

  @Override
  public void map(DoubleUnaryOperator f, double[] a, double[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = (double) f.applyAsDouble(a[i]);
    }
  }

  @Override
  public void zip(DoubleBinaryOperator f, double[] a, double[] b, double[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = (double) f.applyAsDouble(a[i], b[i]);
    }
  }
}
