package org.tapegrad.kernel;

/** Copies in plain Java; axes that are contiguous in both arrays are merged first. */
class PlainLayoutF64 implements Layout<double[]> {
  /** Side of the squares in which a transposition walks, so that both sides stay in cache. */
  private static final int TILE = 16;

  @Override
  public void copy(
      int[] sizes,
      double[] a,
      int aOffset,
      int[] aStrides,
      double[] out,
      int outOffset,
      int[] outStrides) {
    Strides merged = Strides.merge(sizes, aStrides, outStrides);
    int rank = merged.rank();
    if (merged.isEmpty()) {
      return;
    }
    int[] last = merged.sizes();
    // The two innermost axes are one block; the axes outside of them are walked by an odometer.
    int rows = rank > 1 ? last[rank - 2] : 1;
    int columns = rank > 0 ? last[rank - 1] : 1;
    int outer = merged.outer(Math.min(rank, 2));
    Parallel.forEach(
        outer,
        (long) rows * columns,
        (from, to) -> {
          Strides.Odometer at = merged.odometer(Math.min(rank, 2), from);
          for (int i = from; i < to; i++, at.advance()) {
            block(merged, a, aOffset + at.a(), out, outOffset + at.b(), rows, columns);
          }
        });
  }

  private static void block(
      Strides s, double[] a, int aOffset, double[] out, int outOffset, int rows, int columns) {
    int aColumn = s.rank() > 0 ? s.a(s.rank() - 1) : 0;
    int outColumn = s.rank() > 0 ? s.b(s.rank() - 1) : 0;
    int aRow = s.rank() > 1 ? s.a(s.rank() - 2) : 0;
    int outRow = s.rank() > 1 ? s.b(s.rank() - 2) : 0;
    if (aColumn == 1 && outColumn == 1) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(a, aOffset + r * aRow, out, outOffset + r * outRow, columns);
      }
      return;
    }
    for (int r0 = 0; r0 < rows; r0 += TILE) {
      for (int c0 = 0; c0 < columns; c0 += TILE) {
        for (int r = r0; r < Math.min(r0 + TILE, rows); r++) {
          int from = aOffset + r * aRow;
          int to = outOffset + r * outRow;
          for (int c = c0; c < Math.min(c0 + TILE, columns); c++) {
            out[to + c * outColumn] = a[from + c * aColumn];
          }
        }
      }
    }
  }

  @Override
  public void gather(double[] a, int[] index, double[] out, int n) {
    Parallel.forEach(
        n,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            out[i] = index[i] < 0 ? 0 : a[index[i]];
          }
        });
  }

  @Override
  public void scatterAdd(double[] a, int[] index, double[] out, int n) {
    for (int i = 0; i < n; i++) {
      if (index[i] >= 0) {
        out[index[i]] += a[i];
      }
    }
  }
}
