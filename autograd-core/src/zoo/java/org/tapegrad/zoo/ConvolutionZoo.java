package org.tapegrad.zoo;

import java.util.List;
import org.tapegrad.zoo.MutatedOp.Regime;

/**
 * conv2d and twelve wrong gradients of it: x[2, 4, 6, 7], w[4, 2, 3, 2], bias[4], stride (2, 1),
 * padding (1, 0), dilation (1, 2), two groups, all different in the two directions so that a
 * mixed-up axis shows.
 *
 * <p>y[n, o, i, j] = bias[o] + sum over c, p, q of w[o, c, p, q] x[n, group(o) + c, 2i + p - 1, j +
 * 2q]; each of these products gives its cotangent times w to dx and times x to dw.
 */
public final class ConvolutionZoo {
  private static final int N = 2;
  private static final int GROUPS = 2;
  private static final int PER_GROUP = 2;
  private static final int C = GROUPS * PER_GROUP;
  private static final int H = 6;
  private static final int W = 7;
  private static final int P = 3;
  private static final int Q = 2;
  private static final int STRIDE = 2;
  private static final int PADDING = 1;
  private static final int DILATION = 2;
  private static final int OUT_H = (H + 2 * PADDING - P) / STRIDE + 1;
  private static final int OUT_W = W - DILATION * (Q - 1);

  private ConvolutionZoo() {}

  enum Flaw {
    ROTATED("dx with the kernel turned by 180 degrees"),
    NO_STRIDE("stride forgotten in dx"),
    NO_PADDING("padding forgotten in dw"),
    NO_DILATION("dilation forgotten in dx"),
    ONE_GROUP("dx always into the first group"),
    SWAPPED_CHANNELS("input and output channels of w swapped in dx"),
    LAST_COLUMN("last column of dx left out"),
    LAST_ROW("last kernel row of dw left out"),
    OVERWRITES("dx overwritten instead of added to"),
    ONE_SAMPLE("dw from the last sample only"),
    MEAN_DW("dw a mean over the samples"),
    MEAN_DBIAS("dbias a mean instead of a sum");

    private final String text;

    Flaw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The op and its mutants. */
  public static MutatedOp op() {
    return new MutatedOp(
        "conv2d",
        List.of("x", "w", "bias"),
        ConvolutionZoo::forward,
        (x, g) -> backward(x, g, null),
        MutatedOp.mutants(Flaw.values(), ConvolutionZoo::backward),
        (regime, random) ->
            new double[][] {
              regime.normal(N * C * H * W, random),
              Regime.UNIT.normal(C * PER_GROUP * P * Q, random),
              Regime.UNIT.normal(C, random)
            });
  }

  /** One product of the convolution: which elements of y, x and w meet. */
  private interface Product {
    void meet(int n, int o, int c, int p, int q, int i, int j);
  }

  private static void forEach(Product product) {
    for (int n = 0; n < N; n++) {
      for (int o = 0; o < C; o++) {
        for (int c = 0; c < PER_GROUP; c++) {
          for (int p = 0; p < P; p++) {
            for (int q = 0; q < Q; q++) {
              for (int i = 0; i < OUT_H; i++) {
                for (int j = 0; j < OUT_W; j++) {
                  product.meet(n, o, c, p, q, i, j);
                }
              }
            }
          }
        }
      }
    }
  }

  private static int y(int n, int o, int i, int j) {
    return ((n * C + o) * OUT_H + i) * OUT_W + j;
  }

  private static int w(int o, int c, int p, int q) {
    return ((o * PER_GROUP + c) * P + p) * Q + q;
  }

  /** The element of x at a row and column, -1 in the padding. */
  private static int x(int n, int channel, int row, int column) {
    boolean inside = row >= 0 && row < H && column >= 0 && column < W;
    return inside ? ((n * C + channel) * H + row) * W + column : -1;
  }

  private static int firstChannel(int o) {
    return o / PER_GROUP * PER_GROUP;
  }

  private static double[] forward(double[][] inputs) {
    double[] y = new double[N * C * OUT_H * OUT_W];
    for (int k = 0; k < y.length; k++) {
      y[k] = inputs[2][k / (OUT_H * OUT_W) % C];
    }
    forEach(
        (n, o, c, p, q, i, j) -> {
          int from = x(n, firstChannel(o) + c, STRIDE * i + p - PADDING, j + DILATION * q);
          y[y(n, o, i, j)] += from < 0 ? 0 : inputs[1][w(o, c, p, q)] * inputs[0][from];
        });
    return y;
  }

  private static double[][] backward(double[][] inputs, double[] g, Flaw flaw) {
    double[][] gradient = {
      new double[inputs[0].length], new double[inputs[1].length], new double[C]
    };
    forEach(
        (n, o, c, p, q, i, j) -> {
          double upstream = g[y(n, o, i, j)];
          addToInput(gradient[0], inputs[1], upstream, new int[] {n, o, c, p, q, i, j}, flaw);
          int padding = flaw == Flaw.NO_PADDING ? 0 : PADDING;
          int from = x(n, firstChannel(o) + c, STRIDE * i + p - padding, j + DILATION * q);
          boolean skipped =
              flaw == Flaw.ONE_SAMPLE && n < N - 1 || flaw == Flaw.LAST_ROW && p == P - 1;
          if (from >= 0 && !skipped) {
            double share = flaw == Flaw.MEAN_DW ? 1.0 / N : 1;
            gradient[1][w(o, c, p, q)] += share * upstream * inputs[0][from];
          }
        });
    for (int k = 0; k < g.length; k++) {
      double share = flaw == Flaw.MEAN_DBIAS ? 1.0 / (g.length / C) : 1;
      gradient[2][k / (OUT_H * OUT_W) % C] += share * g[k];
    }
    return gradient;
  }

  /** {@code at} holds n, o, c, p, q, i, j. */
  private static void addToInput(double[] dx, double[] w, double g, int[] at, Flaw flaw) {
    int o = at[1];
    int c = at[2];
    int p = at[3];
    int q = at[4];
    int stride = flaw == Flaw.NO_STRIDE ? 1 : STRIDE;
    int dilation = flaw == Flaw.NO_DILATION ? 1 : DILATION;
    int channel = (flaw == Flaw.ONE_GROUP ? 0 : firstChannel(o)) + c;
    int to = x(at[0], channel, stride * at[5] + p - PADDING, at[6] + dilation * q);
    if (to < 0 || flaw == Flaw.LAST_COLUMN && to % W == W - 1) {
      return;
    }
    int weight =
        flaw == Flaw.ROTATED
            ? w(o, c, P - 1 - p, Q - 1 - q)
            : flaw == Flaw.SWAPPED_CHANNELS
                ? w(firstChannel(o) + c, o - firstChannel(o), p, q)
                : w(o, c, p, q);
    dx[to] = (flaw == Flaw.OVERWRITES ? 0 : dx[to]) + w[weight] * g;
  }
}
