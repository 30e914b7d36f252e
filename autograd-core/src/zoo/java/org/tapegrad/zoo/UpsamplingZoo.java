package org.tapegrad.zoo;

import java.util.List;

/**
 * upsampleNearest2d and twelve wrong gradients of it: x[2, 2, 3, 4] to 7 rows and 12 columns, so
 * that the rows of a block are two or three and its columns three.
 *
 * <p>y[i, j] = x[floor(3 i / 7), floor(4 j / 12)], so dx sums g over the block of copies.
 */
public final class UpsamplingZoo {
  private static final int PLANES = 4;
  private static final int H = 3;
  private static final int W = 4;
  private static final int OUT_H = 7;
  private static final int OUT_W = 12;

  private UpsamplingZoo() {}

  enum Flaw {
    MEAN("mean over the block instead of the sum"),
    NOMINAL("divided by the nominal scale"),
    FIRST("first of each block only"),
    LAST("overwritten instead of added to"),
    LARGEST("largest of each block only"),
    ROUNDED("position rounded instead of cut off"),
    CORNERS("positions with aligned corners"),
    BILINEAR("bilinear weights"),
    LAST_ROW("last row of y forgotten"),
    SHIFTED("blocks shifted by one column"),
    IGNORES_G("upstream g ignored"),
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
        "upsampleNearest2d",
        List.of("x"),
        UpsamplingZoo::forward,
        (x, g) -> backward(x, g, null),
        MutatedOp.mutants(Flaw.values(), UpsamplingZoo::backward),
        (regime, random) -> new double[][] {regime.normal(PLANES * H * W, random)});
  }

  private static double[] forward(double[][] inputs) {
    double[] y = new double[PLANES * OUT_H * OUT_W];
    for (int k = 0; k < y.length; k++) {
      int plane = k / (OUT_H * OUT_W);
      y[k] = inputs[0][(plane * H + k / OUT_W % OUT_H * H / OUT_H) * W + k % OUT_W * W / OUT_W];
    }
    return y;
  }

  private static int source(int i, int in, int out, Flaw flaw) {
    double position =
        flaw == Flaw.CORNERS
            ? Math.rint(i * (in - 1.0) / (out - 1))
            : flaw == Flaw.ROUNDED ? Math.rint(i * (double) in / out) : i * in / out;
    return Math.min(in - 1, (int) position);
  }

  private static double[][] backward(double[][] inputs, double[] upstream, Flaw flaw) {
    double[] dx = new double[inputs[0].length];
    int[] copies = new int[dx.length];
    for (int k = 0; k < upstream.length; k++) {
      int plane = k / (OUT_H * OUT_W);
      int i = k / OUT_W % OUT_H;
      int j = k % OUT_W;
      double g =
          flaw == Flaw.IGNORES_G ? 1 : upstream[flaw == Flaw.FIRST_PLANE ? k % (OUT_H * OUT_W) : k];
      if (flaw == Flaw.BILINEAR) {
        spread(dx, plane, i, j, g);
      } else if (flaw != Flaw.LAST_ROW || i < OUT_H - 1) {
        int column = flaw == Flaw.SHIFTED ? Math.max(0, j - 1) : j;
        int row = source(i, H, OUT_H, flaw);
        int to = (plane * H + row) * W + source(column, W, OUT_W, flaw);
        boolean first = copies[to]++ == 0;
        double before = dx[to];
        dx[to] =
            flaw == Flaw.LARGEST
                ? (first ? g : Math.max(before, g))
                : flaw == Flaw.LAST ? g : flaw == Flaw.FIRST && !first ? before : before + g;
      }
    }
    for (int k = 0; k < dx.length; k++) {
      dx[k] /=
          flaw == Flaw.MEAN
              ? copies[k]
              : flaw == Flaw.NOMINAL ? OUT_H * OUT_W / (double) (H * W) : 1;
    }
    return new double[][] {dx};
  }

  /** Gives g to the four nearest elements, with half-pixel centres. */
  private static void spread(double[] dx, int plane, int i, int j, double g) {
    double row = Math.max(0, (i + 0.5) * H / OUT_H - 0.5);
    double column = Math.max(0, (j + 0.5) * W / OUT_W - 0.5);
    int top = (int) row;
    int left = (int) column;
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 2; b++) {
        double weight =
            (a == 0 ? 1 - (row - top) : row - top) * (b == 0 ? 1 - (column - left) : column - left);
        int to = (plane * H + Math.min(H - 1, top + a)) * W + Math.min(W - 1, left + b);
        dx[to] += weight * g;
      }
    }
  }
}
