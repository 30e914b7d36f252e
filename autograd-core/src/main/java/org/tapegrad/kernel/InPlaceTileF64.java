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
   * out[HEIGHT, WIDE] = init + a · b for HEIGHT of the rows of a panel of a; row p of b begins at
   * b[bAt + rowAt[first + p]].
   *
   * <p>Rows of out and init are outRow and initRow apart; init may be out, or zeros with initRow =
   * 0.
   */
  static void multiply(
      int k,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      int[] rowAt,
      int first,
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
  }
}
