package org.tapegrad.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost product: a tile of c in registers, one panel of a times one panel of b.
 *
 * <p><b>Note: panels and tiles.</b> Whatever is multiplied (two matrices, or an image and the taps
 * of a convolution) is first copied, block by block, into panels. A panel of a holds {@link #ROWS}
 * rows of a, interleaved: a[p·ROWS + r]. A panel of b holds a few vectors' width of columns of b:
 * b[p·width + j]. For each p a tile loads the vectors of b, broadcasts each of the {@link #ROWS}
 * numbers of a, and updates one register per (row, vector) by a fused multiply-add. With {@link
 * #VECTORS} = 3 this takes 24 + 3 + 1 of the 32 registers of AVX-512 and two fused multiply-adds
 * per cycle; with 16 registers (AVX2) tiles are one vector wide. Edges are padded in the panels and
 * use the same code.
 *
 * <p>All accumulators are local variables of one method: a vector that is passed to a method which
 * C2 does not inline is boxed.
 */
final class VectorTileF64 {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  /** Rows of a in a panel and of c in a tile. */
  static final int ROWS = 8;

  /** Vectors in a row of the widest tile that does not run out of registers. */
  static final int VECTORS = SPECIES.vectorBitSize() == 512 ? 3 : 1;

  /** Columns of b in the widest panel. */
  static final int COLUMNS = VECTORS * LANES;

  private VectorTileF64() {}

  /**
   * out[ROWS, vectors·LANES] = init + a · b, for panels a[k, ROWS] and b[k, vectors·LANES].
   *
   * <p>Rows of out and init are outRow and initRow apart; init may be out, or zeros with initRow =
   * 0.
   */
  static void multiply(
      int vectors,
      int k,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] out,
      int outAt,
      int outRow,
      double[] init,
      int initAt,
      int initRow) {
    switch (vectors) {
      case 1:
        eightByOne(k, a, aAt, b, bAt, out, outAt, outRow, init, initAt, initRow);
        break;
      case 2:
        eightByTwo(k, a, aAt, b, bAt, out, outAt, outRow, init, initAt, initRow);
        break;
      default:
        eightByThree(k, a, aAt, b, bAt, out, outAt, outRow, init, initAt, initRow);
    }
  }

  /** The tile of three vectors per row. */
  private static void eightByThree(
      int k,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] out,
      int outAt,
      int outRow,
      double[] init,
      int initAt,
      int initRow) {
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c01 = DoubleVector.zero(SPECIES);
    DoubleVector c02 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c11 = DoubleVector.zero(SPECIES);
    DoubleVector c12 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c21 = DoubleVector.zero(SPECIES);
    DoubleVector c22 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    DoubleVector c31 = DoubleVector.zero(SPECIES);
    DoubleVector c32 = DoubleVector.zero(SPECIES);
    DoubleVector c40 = DoubleVector.zero(SPECIES);
    DoubleVector c41 = DoubleVector.zero(SPECIES);
    DoubleVector c42 = DoubleVector.zero(SPECIES);
    DoubleVector c50 = DoubleVector.zero(SPECIES);
    DoubleVector c51 = DoubleVector.zero(SPECIES);
    DoubleVector c52 = DoubleVector.zero(SPECIES);
    DoubleVector c60 = DoubleVector.zero(SPECIES);
    DoubleVector c61 = DoubleVector.zero(SPECIES);
    DoubleVector c62 = DoubleVector.zero(SPECIES);
    DoubleVector c70 = DoubleVector.zero(SPECIES);
    DoubleVector c71 = DoubleVector.zero(SPECIES);
    DoubleVector c72 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      int bp = bAt + p * 3 * LANES;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bp);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bp + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, bp + 2 * LANES);
      int ap = aAt + p * ROWS;
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[ap]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      x = DoubleVector.broadcast(SPECIES, a[ap + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      x = DoubleVector.broadcast(SPECIES, a[ap + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      x = DoubleVector.broadcast(SPECIES, a[ap + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      x = DoubleVector.broadcast(SPECIES, a[ap + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      x = DoubleVector.broadcast(SPECIES, a[ap + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      x = DoubleVector.broadcast(SPECIES, a[ap + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      c62 = x.fma(b2, c62);
      x = DoubleVector.broadcast(SPECIES, a[ap + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      c72 = x.fma(b2, c72);
    }
    int o = outAt;
    int i = initAt;
    c00.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c01.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c02.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c10.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c11.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c12.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c20.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c21.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c22.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c30.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c31.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c32.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c40.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c41.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c42.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c50.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c51.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c52.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c60.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c61.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c62.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
    o += outRow;
    i += initRow;
    c70.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c71.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    c72.add(DoubleVector.fromArray(SPECIES, init, i + 2 * LANES)).intoArray(out, o + 2 * LANES);
  }

  /** The tile of two vectors per row. */
  private static void eightByTwo(
      int k,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] out,
      int outAt,
      int outRow,
      double[] init,
      int initAt,
      int initRow) {
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c01 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c11 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c21 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    DoubleVector c31 = DoubleVector.zero(SPECIES);
    DoubleVector c40 = DoubleVector.zero(SPECIES);
    DoubleVector c41 = DoubleVector.zero(SPECIES);
    DoubleVector c50 = DoubleVector.zero(SPECIES);
    DoubleVector c51 = DoubleVector.zero(SPECIES);
    DoubleVector c60 = DoubleVector.zero(SPECIES);
    DoubleVector c61 = DoubleVector.zero(SPECIES);
    DoubleVector c70 = DoubleVector.zero(SPECIES);
    DoubleVector c71 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      int bp = bAt + p * 2 * LANES;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bp);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bp + LANES);
      int ap = aAt + p * ROWS;
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[ap]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = DoubleVector.broadcast(SPECIES, a[ap + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = DoubleVector.broadcast(SPECIES, a[ap + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = DoubleVector.broadcast(SPECIES, a[ap + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = DoubleVector.broadcast(SPECIES, a[ap + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = DoubleVector.broadcast(SPECIES, a[ap + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = DoubleVector.broadcast(SPECIES, a[ap + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = DoubleVector.broadcast(SPECIES, a[ap + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    int o = outAt;
    int i = initAt;
    c00.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c01.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c10.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c11.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c20.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c21.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c30.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c31.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c40.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c41.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c50.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c51.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c60.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c61.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
    o += outRow;
    i += initRow;
    c70.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    c71.add(DoubleVector.fromArray(SPECIES, init, i + LANES)).intoArray(out, o + LANES);
  }

  /** The tile of one vector per row. */
  private static void eightByOne(
      int k,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] out,
      int outAt,
      int outRow,
      double[] init,
      int initAt,
      int initRow) {
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    DoubleVector c40 = DoubleVector.zero(SPECIES);
    DoubleVector c50 = DoubleVector.zero(SPECIES);
    DoubleVector c60 = DoubleVector.zero(SPECIES);
    DoubleVector c70 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      int bp = bAt + p * LANES;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bp);
      int ap = aAt + p * ROWS;
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[ap]);
      c00 = x.fma(b0, c00);
      x = DoubleVector.broadcast(SPECIES, a[ap + 1]);
      c10 = x.fma(b0, c10);
      x = DoubleVector.broadcast(SPECIES, a[ap + 2]);
      c20 = x.fma(b0, c20);
      x = DoubleVector.broadcast(SPECIES, a[ap + 3]);
      c30 = x.fma(b0, c30);
      x = DoubleVector.broadcast(SPECIES, a[ap + 4]);
      c40 = x.fma(b0, c40);
      x = DoubleVector.broadcast(SPECIES, a[ap + 5]);
      c50 = x.fma(b0, c50);
      x = DoubleVector.broadcast(SPECIES, a[ap + 6]);
      c60 = x.fma(b0, c60);
      x = DoubleVector.broadcast(SPECIES, a[ap + 7]);
      c70 = x.fma(b0, c70);
    }
    int o = outAt;
    int i = initAt;
    c00.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c10.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c20.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c30.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c40.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c50.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c60.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
    o += outRow;
    i += initRow;
    c70.add(DoubleVector.fromArray(SPECIES, init, i)).intoArray(out, o);
  }
}
