package org.tapegrad.zoo;

import java.util.List;

/**
 * reflectionPad2d and twelve wrong gradients of it: x[2, 2, 4, 5], padded left 2, right 1, top 1,
 * bottom 3.
 *
 * <p>y[i, j] = x[r(i), r(j)] with r mirroring at the border elements without repeating them, so dx
 * gathers g at every place to which an element was copied.
 */
public final class ReflectionPadZoo {
  private static final int PLANES = 4;
  private static final int H = 4;
  private static final int W = 5;
  private static final int LEFT = 2;
  private static final int RIGHT = 1;
  private static final int TOP = 1;
  private static final int BOTTOM = 3;
  private static final int OUT_H = TOP + H + BOTTOM;
  private static final int OUT_W = LEFT + W + RIGHT;

  private ReflectionPadZoo() {}

  enum Flaw {
    CROPPED("copies in the border forgotten"),
    REPEATED_EDGE("mirrored with the edge repeated"),
    REPLICATED("border given to the nearest element"),
    CIRCULAR("border given to the opposite side"),
    LEFT_RIGHT("left and right padding swapped"),
    TOP_BOTTOM("top and bottom padding swapped"),
    NO_CORNERS("corners forgotten"),
    ROWS_ONLY("left and right border forgotten"),
    OVERWRITES("overwritten instead of added to"),
    AVERAGED("averaged over the copies"),
    TWICE("border counted twice"),
    FIRST_PLANE("g of the first plane used for all");

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
        "reflectionPad2d",
        List.of("x"),
        ReflectionPadZoo::forward,
        (x, g) -> backward(x, g, null),
        MutatedOp.mutants(Flaw.values(), ReflectionPadZoo::backward),
        (regime, random) -> new double[][] {regime.normal(PLANES * H * W, random)});
  }

  private static int mirrored(int i, int n) {
    int low = Math.abs(i);
    return low < n ? low : 2 * (n - 1) - low;
  }

  private static int source(int i, int n, Flaw flaw) {
    if (flaw == Flaw.REPEATED_EDGE) {
      return i < 0 ? -i - 1 : i < n ? i : 2 * n - 1 - i;
    } else if (flaw == Flaw.REPLICATED) {
      return Math.max(0, Math.min(n - 1, i));
    } else if (flaw == Flaw.CIRCULAR) {
      return Math.floorMod(i, n);
    }
    return mirrored(i, n);
  }

  private static double[] forward(double[][] inputs) {
    double[] y = new double[PLANES * OUT_H * OUT_W];
    for (int k = 0; k < y.length; k++) {
      int plane = k / (OUT_H * OUT_W);
      int row = mirrored(k / OUT_W % OUT_H - TOP, H);
      int column = mirrored(k % OUT_W - LEFT, W);
      y[k] = inputs[0][(plane * H + row) * W + column];
    }
    return y;
  }

  private static double[][] backward(double[][] inputs, double[] upstream, Flaw flaw) {
    double[] dx = new double[inputs[0].length];
    int[] copies = new int[dx.length];
    int top = flaw == Flaw.TOP_BOTTOM ? BOTTOM : TOP;
    int left = flaw == Flaw.LEFT_RIGHT ? RIGHT : LEFT;
    for (int k = 0; k < upstream.length; k++) {
      int i = k / OUT_W % OUT_H - top;
      int j = k % OUT_W - left;
      boolean inRows = i >= 0 && i < H;
      boolean inColumns = j >= 0 && j < W;
      if (flaw == Flaw.CROPPED && !(inRows && inColumns)
          || flaw == Flaw.NO_CORNERS && !inRows && !inColumns
          || flaw == Flaw.ROWS_ONLY && !inColumns) {
        continue;
      }
      int plane = k / (OUT_H * OUT_W);
      int to = (plane * H + source(i, H, flaw)) * W + source(j, W, flaw);
      double g = upstream[flaw == Flaw.FIRST_PLANE ? k % (OUT_H * OUT_W) : k];
      copies[to]++;
      double weight = flaw == Flaw.TWICE && !(inRows && inColumns) ? 2 : 1;
      dx[to] = (flaw == Flaw.OVERWRITES ? 0 : dx[to]) + weight * g;
    }
    for (int k = 0; flaw == Flaw.AVERAGED && k < dx.length; k++) {
      dx[k] /= copies[k];
    }
    return new double[][] {dx};
  }
}
