package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * Reductions in plain Java. A contiguous run is summed in blocks with eight running sums each, a
 * strided one in strips of columns; both keep the error of long sums small and their order fixed.
 */
class PlainReductionF64 implements Reductions<double[]> {
  /** Elements of a contiguous run that are summed before the sum is put aside. */
  private static final int BLOCK = 1 << 13;

  /** Columns that are summed together when the reduced axis is not the last one. */
  private static final int STRIP = 256;

  /** The sum of at most {@link #BLOCK} consecutive elements. */
  private interface BlockSum {
    /**/ double of(double[] a, int offset, int n);
  }

  @Override
  public void sum(double[] a, int outer, int n, int inner, double[] out) {
    sum(a, outer, n, inner, this::sumOfBlock, 1, out);
  }

  @Override
  public void mean(double[] a, int outer, int n, int inner, double[] out) {
    sum(a, outer, n, inner, PlainReductionF64::serialSumOfBlock, n, out);
    for (int i = 0; i < outer * inner; i++) {
      if (!Double.isFinite(out[i])) {
        out[i] = (double) meanOfLarge(a, i / inner * n * inner + i % inner, n, inner);
      }
    }
  }

  /** Divides before it adds. */
  private static /**/ double meanOfLarge(double[] a, int offset, int n, int step) {
    /**/ double mean = 0;
    for (int j = 0; j < n; j++) {
      mean += (/**/ double) a[offset + j * step] / n;
    }
    return n == 0 ? Double.NaN : mean;
  }

  /** The sums, each divided by a number. */
  private void sum(
      double[] a, int outer, int n, int inner, BlockSum block, int divisor, double[] out) {
    if (inner == 1 && outer == 1) {
      out[0] = (double) (sumOfBlocks(a, n, block) / divisor);
    } else if (inner == 1) {
      Parallel.forEach(
          outer,
          n,
          (from, to) -> {
            for (int o = from; o < to; o++) {
              out[o] = (double) (sumOfRun(a, o * n, n, block) / divisor);
            }
          });
    } else {
      int strips = (inner + STRIP - 1) / STRIP;
      Parallel.forEach(
          outer * strips,
          (long) n * Math.min(STRIP, inner),
          (from, to) -> {
            /**/ double[] sums = new /**/ double[STRIP];
            for (int s = from; s < to; s++) {
              sumStrip(a, n, inner, s / strips, s % strips * STRIP, sums, divisor, out);
            }
          });
    }
  }

  /** The sum of a whole array, its blocks summed in parallel and added up in order. */
  private static /**/ double sumOfBlocks(double[] a, int n, BlockSum block) {
    int blocks = (n + BLOCK - 1) / BLOCK;
    if (blocks <= 1) {
      return block.of(a, 0, n);
    }
    /**/ double[] sums = new /**/ double[blocks];
    Parallel.forEach(
        blocks,
        BLOCK,
        (from, to) -> {
          for (int b = from; b < to; b++) {
            sums[b] = block.of(a, b * BLOCK, Math.min(BLOCK, n - b * BLOCK));
          }
        });
    /**/ double sum = 0;
    for (/**/ double s : sums) {
      sum += s;
    }
    return sum;
  }

  /** The sum of consecutive elements, block by block. */
  /**/ double sumOfRun(double[] a, int offset, int n) {
    return sumOfRun(a, offset, n, this::sumOfBlock);
  }

  private static /**/ double sumOfRun(double[] a, int offset, int n, BlockSum block) {
    /**/ double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      sum += block.of(a, offset + i, Math.min(BLOCK, n - i));
    }
    return sum;
  }

  /** The sum of at most {@link #BLOCK} consecutive elements. */
  /**/ double sumOfBlock(double[] a, int offset, int n) {
    return serialSumOfBlock(a, offset, n);
  }

  private static /**/ double serialSumOfBlock(double[] a, int offset, int n) {
    /**/ double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = offset;
    for (int end = offset + n - 7; i < end; i += 8) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
      s4 += a[i + 4];
      s5 += a[i + 5];
      s6 += a[i + 6];
      s7 += a[i + 7];
    }
    for (int end = offset + n; i < end; i++) {
      s0 += a[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  private static void sumStrip(
      double[] a,
      int n,
      int inner,
      int outer,
      int column,
      /**/ double[] sums,
      int divisor,
      double[] out) {
    int width = Math.min(STRIP, inner - column);
    Arrays.fill(sums, 0, width, 0);
    for (int j = 0; j < n; j++) {
      int row = (outer * n + j) * inner + column;
      for (int i = 0; i < width; i++) {
        sums[i] += a[row + i];
      }
    }
    for (int i = 0; i < width; i++) {
      out[outer * inner + column + i] = (double) (sums[i] / divisor);
    }
  }

  @Override
  public void max(double[] a, int outer, int n, int inner, double[] out) {
    Parallel.forEach(
        outer,
        (long) n * inner,
        (from, to) -> {
          for (int o = from; o < to; o++) {
            Arrays.fill(out, o * inner, (o + 1) * inner, Double.NEGATIVE_INFINITY);
            for (int j = 0; j < n; j++) {
              int row = (o * n + j) * inner;
              for (int i = 0; i < inner; i++) {
                out[o * inner + i] = Math.max(out[o * inner + i], a[row + i]);
              }
            }
          }
        });
  }
}
