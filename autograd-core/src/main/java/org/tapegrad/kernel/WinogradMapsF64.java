package org.tapegrad.kernel;

import static jdk.incubator.vector.DoubleVector.broadcast;
import static org.tapegrad.kernel.TileGrid.FIELD;
import static org.tapegrad.kernel.TileGrid.SIDE;
import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.SPECIES;

import jdk.incubator.vector.DoubleVector;

/**
 * The linear maps of Winograd's minimal filtering F(4x4, 3x3), for a vector of tiles at a time.
 *
 * <p>With the points 0, ±3/4, ±3/2 and infinity, four outputs y of a filter w over six inputs x are
 * y = Aᵀ[(G·w) ⊙ (Bᵀ·x)], and in two dimensions Aᵀ[(G·w·Gᵀ) ⊙ (Bᵀ·x·B)]A (Lavin and Gray 2016,
 * arXiv:1509.09308). A row of G and a column of Aᵀ hold the powers of a point, G divided by the
 * product of its distances to the other finite points; a row of Bᵀ is the polynomial that vanishes
 * at all of these but its own. All but those divisors are exact in binary.
 *
 * <p>Every method takes the vectors from[at + i·line + k·step] of row i and column k, maps rows
 * into half, and then the columns of that into to[toAt + column·toLine + row·toStep]. Both go
 * through the same lines of code: of two copies in one method C2 boxes the vectors. Half may be to,
 * from 0 on, with its own distances.
 */
final class WinogradMapsF64 {
  private static final int TAPS = 3;

  /** From one line of the half that is done to the next, and all of it. */
  static final int ROW = FIELD * LANES;

  static final int HALF = FIELD * ROW;

  private static final double A = 0.75;
  private static final double B = 1.5;
  private static final double A2 = A * A;
  private static final double B2 = B * B;
  private static final double A3 = A * A2;
  private static final double B3 = B * B2;
  private static final double SUM = A2 + B2;
  private static final double PRODUCT = A2 * B2;

  /** The rows of G for 0, ±A and ±B are divided by these. */
  private static final double ZERO = 1.0 / PRODUCT;

  private static final double NEAR = 1.0 / (2.0 * A2 * (A2 - B2));
  private static final double FAR = 1.0 / (2.0 * B2 * (B2 - A2));

  private WinogradMapsF64() {}

  /** Bᵀ·x·B: 6x6 inputs to as many; columns 4 and 5 are at at + wrap. */
  static void input(
      double[] from,
      int at,
      int line,
      int step,
      int wrap,
      double[] half,
      double[] to,
      int toAt,
      int toLine,
      int toStep) {
    for (int i = 0; i < FIELD + FIELD; i++) {
      boolean down = i >= FIELD;
      double[] in = down ? half : from;
      int j = down ? (i - FIELD) * LANES : at + i * line;
      int s = down ? ROW : step;
      int w = down ? SIDE * ROW : wrap;
      double[] out = down ? to : half;
      int t = down ? toAt + (i - FIELD) * toLine : i * ROW;
      int u = down ? toStep : LANES;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, in, j);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, in, j + s);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, in, j + 2 * s);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, in, j + 3 * s);
      DoubleVector x4 = DoubleVector.fromArray(SPECIES, in, j + w);
      DoubleVector x5 = DoubleVector.fromArray(SPECIES, in, j + w + s);
      DoubleVector evenA = x2.fma(broadcast(SPECIES, -B2), x4);
      DoubleVector oddA = x1.fma(broadcast(SPECIES, -B2), x3);
      DoubleVector evenB = x2.fma(broadcast(SPECIES, -A2), x4);
      DoubleVector oddB = x1.fma(broadcast(SPECIES, -A2), x3);
      x0.fma(broadcast(SPECIES, PRODUCT), x2.fma(broadcast(SPECIES, -SUM), x4)).intoArray(out, t);
      oddA.fma(broadcast(SPECIES, A), evenA).intoArray(out, t + u);
      oddA.fma(broadcast(SPECIES, -A), evenA).intoArray(out, t + 2 * u);
      oddB.fma(broadcast(SPECIES, B), evenB).intoArray(out, t + 3 * u);
      oddB.fma(broadcast(SPECIES, -B), evenB).intoArray(out, t + 4 * u);
      x1.fma(broadcast(SPECIES, PRODUCT), x3.fma(broadcast(SPECIES, -SUM), x5))
          .intoArray(out, t + 5 * u);
    }
  }

  /** Aᵀ·m·A: 6x6 products to 4x4 outputs. */
  static void output(
      double[] from,
      int at,
      int line,
      int step,
      double[] half,
      double[] to,
      int toAt,
      int toLine,
      int toStep) {
    for (int i = 0; i < FIELD + SIDE; i++) {
      boolean down = i >= FIELD;
      double[] in = down ? half : from;
      int j = down ? (i - FIELD) * LANES : at + i * line;
      int s = down ? ROW : step;
      double[] out = down ? to : half;
      int t = down ? toAt + (i - FIELD) * toLine : i * ROW;
      int u = down ? toStep : LANES;
      DoubleVector m1 = DoubleVector.fromArray(SPECIES, in, j + s);
      DoubleVector m2 = DoubleVector.fromArray(SPECIES, in, j + 2 * s);
      DoubleVector m3 = DoubleVector.fromArray(SPECIES, in, j + 3 * s);
      DoubleVector m4 = DoubleVector.fromArray(SPECIES, in, j + 4 * s);
      DoubleVector m5 = DoubleVector.fromArray(SPECIES, in, j + 5 * s);
      DoubleVector sumA = m1.add(m2);
      DoubleVector sumB = m3.add(m4);
      DoubleVector oddA = m1.sub(m2);
      DoubleVector oddB = m3.sub(m4);
      DoubleVector.fromArray(SPECIES, in, j).add(sumA.add(sumB)).intoArray(out, t);
      oddB.fma(broadcast(SPECIES, B), oddA.mul(broadcast(SPECIES, A))).intoArray(out, t + u);
      sumB.fma(broadcast(SPECIES, B2), sumA.mul(broadcast(SPECIES, A2))).intoArray(out, t + 2 * u);
      oddB.fma(broadcast(SPECIES, B3), oddA.fma(broadcast(SPECIES, A3), m5))
          .intoArray(out, t + 3 * u);
    }
  }

  /** A·g·Aᵀ: the gradients of 4x4 outputs to those of 6x6 products. */
  static void outputGradient(
      double[] from,
      int at,
      int line,
      int step,
      double[] half,
      double[] to,
      int toAt,
      int toLine,
      int toStep) {
    for (int i = 0; i < SIDE + FIELD; i++) {
      boolean down = i >= SIDE;
      double[] in = down ? half : from;
      int j = down ? (i - SIDE) * LANES : at + i * line;
      int s = down ? ROW : step;
      double[] out = down ? to : half;
      int t = down ? toAt + (i - SIDE) * toLine : i * ROW;
      int u = down ? toStep : LANES;
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, in, j);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, in, j + s);
      DoubleVector y2 = DoubleVector.fromArray(SPECIES, in, j + 2 * s);
      DoubleVector y3 = DoubleVector.fromArray(SPECIES, in, j + 3 * s);
      DoubleVector evenA = y2.fma(broadcast(SPECIES, A2), y0);
      DoubleVector evenB = y2.fma(broadcast(SPECIES, B2), y0);
      DoubleVector oddA = y3.fma(broadcast(SPECIES, A2), y1);
      DoubleVector oddB = y3.fma(broadcast(SPECIES, B2), y1);
      y0.intoArray(out, t);
      oddA.fma(broadcast(SPECIES, A), evenA).intoArray(out, t + u);
      oddA.fma(broadcast(SPECIES, -A), evenA).intoArray(out, t + 2 * u);
      oddB.fma(broadcast(SPECIES, B), evenB).intoArray(out, t + 3 * u);
      oddB.fma(broadcast(SPECIES, -B), evenB).intoArray(out, t + 4 * u);
      y3.intoArray(out, t + 5 * u);
    }
  }

  /** G·w·Gᵀ: 3x3 weights to 6x6. */
  static void weight(
      double[] from,
      int at,
      int line,
      int step,
      double[] half,
      double[] to,
      int toAt,
      int toLine,
      int toStep) {
    for (int i = 0; i < TAPS + FIELD; i++) {
      boolean down = i >= TAPS;
      double[] in = down ? half : from;
      int j = down ? (i - TAPS) * LANES : at + i * line;
      int s = down ? ROW : step;
      double[] out = down ? to : half;
      int t = down ? toAt + (i - TAPS) * toLine : i * ROW;
      int u = down ? toStep : LANES;
      DoubleVector w0 = DoubleVector.fromArray(SPECIES, in, j);
      DoubleVector w1 = DoubleVector.fromArray(SPECIES, in, j + s);
      DoubleVector w2 = DoubleVector.fromArray(SPECIES, in, j + 2 * s);
      DoubleVector evenA = w2.fma(broadcast(SPECIES, A2), w0).mul(broadcast(SPECIES, NEAR));
      DoubleVector evenB = w2.fma(broadcast(SPECIES, B2), w0).mul(broadcast(SPECIES, FAR));
      w0.mul(broadcast(SPECIES, ZERO)).intoArray(out, t);
      w1.fma(broadcast(SPECIES, A * NEAR), evenA).intoArray(out, t + u);
      w1.fma(broadcast(SPECIES, -A * NEAR), evenA).intoArray(out, t + 2 * u);
      w1.fma(broadcast(SPECIES, B * FAR), evenB).intoArray(out, t + 3 * u);
      w1.fma(broadcast(SPECIES, -B * FAR), evenB).intoArray(out, t + 4 * u);
      w2.intoArray(out, t + 5 * u);
    }
  }

  /** Gᵀ·u·G: the gradients of 6x6 products to those of 3x3 weights. */
  static void weightGradient(
      double[] from,
      int at,
      int line,
      int step,
      double[] half,
      double[] to,
      int toAt,
      int toLine,
      int toStep) {
    for (int i = 0; i < FIELD + TAPS; i++) {
      boolean down = i >= FIELD;
      double[] in = down ? half : from;
      int j = down ? (i - FIELD) * LANES : at + i * line;
      int s = down ? ROW : step;
      double[] out = down ? to : half;
      int t = down ? toAt + (i - FIELD) * toLine : i * ROW;
      int u = down ? toStep : LANES;
      DoubleVector u1 = DoubleVector.fromArray(SPECIES, in, j + s);
      DoubleVector u2 = DoubleVector.fromArray(SPECIES, in, j + 2 * s);
      DoubleVector u3 = DoubleVector.fromArray(SPECIES, in, j + 3 * s);
      DoubleVector u4 = DoubleVector.fromArray(SPECIES, in, j + 4 * s);
      DoubleVector sumA = u1.add(u2).mul(broadcast(SPECIES, NEAR));
      DoubleVector sumB = u3.add(u4).mul(broadcast(SPECIES, FAR));
      DoubleVector oddA = u1.sub(u2).mul(broadcast(SPECIES, A * NEAR));
      DoubleVector u0 = DoubleVector.fromArray(SPECIES, in, j);
      DoubleVector u5 = DoubleVector.fromArray(SPECIES, in, j + 5 * s);
      u0.fma(broadcast(SPECIES, ZERO), sumA.add(sumB)).intoArray(out, t);
      u3.sub(u4).fma(broadcast(SPECIES, B * FAR), oddA).intoArray(out, t + u);
      sumB.fma(broadcast(SPECIES, B2), sumA.fma(broadcast(SPECIES, A2), u5))
          .intoArray(out, t + 2 * u);
    }
  }
}
