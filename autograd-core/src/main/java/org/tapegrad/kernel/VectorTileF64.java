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
 * C2 does not inline is boxed. The result goes to a small array first, at constant offsets, the
 * last before all others so that one range check serves them all: with the checks of stores to
 * scattered rows behind the loop, C2 kept one accumulator in memory in every other run of a
 * program, which halved the speed of these tiles.
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

  /** tile[ROWS, vectors·LANES] = a · b, for panels a[k, ROWS] and b[k, vectors·LANES]. */
  static void multiply(
      int vectors, int k, double[] a, int aAt, double[] b, int bAt, double[] tile, int to) {
    switch (vectors) {
      case 1:
        eightByOne(k, a, aAt, b, bAt, tile, to);
        break;
      case 2:
        eightByTwo(k, a, aAt, b, bAt, tile, to);
        break;
      default:
        eightByThree(k, a, aAt, b, bAt, tile, to);
    }
  }

  /**
   * Copies the first rows and columns of tile[, width] to out, whose rows are outRow apart, or adds
   * them to what is there.
   */
  static void store(
      double[] tile,
      int width,
      int rows,
      int columns,
      double[] out,
      int outAt,
      int outRow,
      boolean add) {
    for (int r = 0; r < rows; r++) {
      int from = r * width;
      int to = outAt + r * outRow;
      int j = 0;
      for (; j + LANES <= columns; j += LANES) {
        DoubleVector v = DoubleVector.fromArray(SPECIES, tile, from + j);
        if (add) {
          v = v.add(DoubleVector.fromArray(SPECIES, out, to + j));
        }
        v.intoArray(out, to + j);
      }
      for (; j < columns; j++) {
        out[to + j] = add ? out[to + j] + tile[from + j] : tile[from + j];
      }
    }
  }

  /** The tile of three vectors per row. */
  private static void eightByThree(
      int k, double[] a, int aAt, double[] b, int bAt, double[] tile, int to) {
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
    c72.intoArray(tile, to + 23 * LANES);
    c00.intoArray(tile, to);
    c01.intoArray(tile, to + LANES);
    c02.intoArray(tile, to + 2 * LANES);
    c10.intoArray(tile, to + 3 * LANES);
    c11.intoArray(tile, to + 4 * LANES);
    c12.intoArray(tile, to + 5 * LANES);
    c20.intoArray(tile, to + 6 * LANES);
    c21.intoArray(tile, to + 7 * LANES);
    c22.intoArray(tile, to + 8 * LANES);
    c30.intoArray(tile, to + 9 * LANES);
    c31.intoArray(tile, to + 10 * LANES);
    c32.intoArray(tile, to + 11 * LANES);
    c40.intoArray(tile, to + 12 * LANES);
    c41.intoArray(tile, to + 13 * LANES);
    c42.intoArray(tile, to + 14 * LANES);
    c50.intoArray(tile, to + 15 * LANES);
    c51.intoArray(tile, to + 16 * LANES);
    c52.intoArray(tile, to + 17 * LANES);
    c60.intoArray(tile, to + 18 * LANES);
    c61.intoArray(tile, to + 19 * LANES);
    c62.intoArray(tile, to + 20 * LANES);
    c70.intoArray(tile, to + 21 * LANES);
    c71.intoArray(tile, to + 22 * LANES);
  }

  /** The tile of two vectors per row. */
  private static void eightByTwo(
      int k, double[] a, int aAt, double[] b, int bAt, double[] tile, int to) {
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
    c71.intoArray(tile, to + 15 * LANES);
    c00.intoArray(tile, to);
    c01.intoArray(tile, to + LANES);
    c10.intoArray(tile, to + 2 * LANES);
    c11.intoArray(tile, to + 3 * LANES);
    c20.intoArray(tile, to + 4 * LANES);
    c21.intoArray(tile, to + 5 * LANES);
    c30.intoArray(tile, to + 6 * LANES);
    c31.intoArray(tile, to + 7 * LANES);
    c40.intoArray(tile, to + 8 * LANES);
    c41.intoArray(tile, to + 9 * LANES);
    c50.intoArray(tile, to + 10 * LANES);
    c51.intoArray(tile, to + 11 * LANES);
    c60.intoArray(tile, to + 12 * LANES);
    c61.intoArray(tile, to + 13 * LANES);
    c70.intoArray(tile, to + 14 * LANES);
  }

  /** The tile of one vector per row. */
  private static void eightByOne(
      int k, double[] a, int aAt, double[] b, int bAt, double[] tile, int to) {
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
    c70.intoArray(tile, to + 7 * LANES);
    c00.intoArray(tile, to);
    c10.intoArray(tile, to + LANES);
    c20.intoArray(tile, to + 2 * LANES);
    c30.intoArray(tile, to + 3 * LANES);
    c40.intoArray(tile, to + 4 * LANES);
    c50.intoArray(tile, to + 5 * LANES);
    c60.intoArray(tile, to + 6 * LANES);
  }
}
