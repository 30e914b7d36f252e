package org.tapegrad.kernel;

import static org.tapegrad.kernel.VectorTileF64.LANES;
import static org.tapegrad.kernel.VectorTileF64.ROWS;
import static org.tapegrad.kernel.VectorTileF64.SPECIES;

import jdk.incubator.vector.DoubleVector;

/**
 * The innermost product for few rows: a tile of c in registers, half a panel of a times rows of b
 * that are read where they lie.
 *
 * <p>The indirection costs range checks, a quarter of the speed of a full {@link VectorTileF64}
 * (112 to 131 against 168 GFLOP/s in float32) but little for this smaller tile (143), so it pays
 * where packing b costs more than that. Its 12 + 3 + 1 registers suit AVX2, too.
 */
final class InPlaceTileF64 {
  /** Rows of c in a tile. */
  static final int HEIGHT = 4;

  /** Columns of c in a tile. */
  static final int WIDE = 3 * LANES;

  private InPlaceTileF64() {}

  /**
   * tile[HEIGHT, WIDE] = a · b for HEIGHT of the rows of a panel of a; row p of b begins at b[bAt +
   * rowAt[first + p]].
   */
  static void multiply(
      int k, double[] a, int aAt, double[] b, int bAt, int[] rowAt, int first, double[] tile) {
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
    for (int p = 0; p < k; p++) {
      int bp = bAt + rowAt[first + p];
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
    }
    c32.intoArray(tile, 11 * LANES);
    c00.intoArray(tile, 0);
    c01.intoArray(tile, LANES);
    c02.intoArray(tile, 2 * LANES);
    c10.intoArray(tile, 3 * LANES);
    c11.intoArray(tile, 4 * LANES);
    c12.intoArray(tile, 5 * LANES);
    c20.intoArray(tile, 6 * LANES);
    c21.intoArray(tile, 7 * LANES);
    c22.intoArray(tile, 8 * LANES);
    c30.intoArray(tile, 9 * LANES);
    c31.intoArray(tile, 10 * LANES);
  }
}
