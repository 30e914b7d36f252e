package org.tapegrad.array;

import java.util.Arrays;

/**
 * Sums, means and maxima over any set of axes, one run of neighbouring axes at a time, last one
 * first.
 */
final class Reduce {
  private Reduce() {}

  private interface Loop {
    void run(Object a, int outer, int n, int inner, Object out);
  }

  static NdArray sum(NdArray a, boolean[] axes, boolean keepAxes) {
    return reduce("sum", a, axes, keepAxes, a.kernels().reduction()::sum);
  }

  static NdArray mean(NdArray a, boolean[] axes, boolean keepAxes) {
    return reduce("mean", a, axes, keepAxes, a.kernels().reduction()::mean);
  }

  static NdArray max(NdArray a, boolean[] axes, boolean keepAxes) {
    return reduce("max", a, axes, keepAxes, a.kernels().reduction()::max);
  }

  private static NdArray reduce(String op, NdArray a, boolean[] axes, boolean keepAxes, Loop loop) {
    int[] result = Shapes.result(op, Shapes.reduced(a.shape, axes, keepAxes));
    int inner = 1;
    NdArray current = a;
    for (int d = axes.length - 1; d >= 0; d--) {
      if (!axes[d]) {
        inner *= a.shape[d];
        continue;
      }
      int n = a.shape[d];
      while (d > 0 && axes[d - 1]) {
        n *= a.shape[--d];
      }
      int outer = Shapes.size(Arrays.copyOf(a.shape, d));
      NdArray out = a.emptyLike(outer, inner);
      loop.run(current.data(), outer, n, inner, out.data());
      current = out;
    }
    // a sum over nothing is a copy
    return current == a ? Rearrange.broadcastTo(a, result) : current.reshape(result);
  }
}
