package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * A box walked through two arrays at once, reduced to as few axes as possible: axes of size 1 are
 * dropped, and an axis is merged into the next where both arrays step through the pair evenly.
 * After that NumPy broadcasting and permutations are a few outer axes around one long inner loop.
 */
public final class Strides {
  private final int[] sizes;
  private final int[] a;
  private final int[] b;

  private Strides(int[] sizes, int[] a, int[] b) {
    this.sizes = sizes;
    this.a = a;
    this.b = b;
  }

  /** The reduced form of a box of the given sizes with the strides of two arrays. */
  public static Strides merge(int[] sizes, int[] aStrides, int[] bStrides) {
    int[] e = new int[sizes.length];
    int[] a = new int[sizes.length];
    int[] b = new int[sizes.length];
    int n = 0;
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] == 1) {
        continue;
      }
      if (n > 0 && a[n - 1] == aStrides[d] * sizes[d] && b[n - 1] == bStrides[d] * sizes[d]) {
        e[n - 1] *= sizes[d];
      } else {
        e[n++] = sizes[d];
      }
      a[n - 1] = aStrides[d];
      b[n - 1] = bStrides[d];
    }
    return new Strides(Arrays.copyOf(e, n), Arrays.copyOf(a, n), Arrays.copyOf(b, n));
  }

  /** The row-major strides of a dense array. */
  public static int[] rowMajor(int[] shape) {
    int[] strides = new int[shape.length];
    int step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = step;
      step *= shape[d];
    }
    return strides;
  }

  /** The number of axes left. */
  public int rank() {
    return sizes.length;
  }

  /** The sizes of the axes left. */
  int[] sizes() {
    return sizes;
  }

  /** Whether the box has no element. */
  public boolean isEmpty() {
    for (int e : sizes) {
      if (e == 0) {
        return true;
      }
    }
    return false;
  }

  /** The size of the innermost axis, 1 where none is left. */
  public int inner() {
    return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
  }

  /** The stride of the first array along the axis. */
  public int a(int axis) {
    return a[axis];
  }

  /** The stride of the second array along the axis. */
  public int b(int axis) {
    return b[axis];
  }

  /** The number of steps of an odometer over all but the last {@code innerAxes} axes. */
  public int outer(int innerAxes) {
    int n = 1;
    for (int d = 0; d < sizes.length - innerAxes; d++) {
      n *= sizes[d];
    }
    return n;
  }

  /** An odometer over all but the last {@code innerAxes} axes, set to the given step. */
  public Odometer odometer(int innerAxes, int step) {
    return new Odometer(sizes.length - innerAxes, step);
  }

  /** A position in the outer axes and the two array offsets that belong to it. */
  public final class Odometer {
    private final int[] position;
    private int aOffset;
    private int bOffset;

    private Odometer(int axes, int step) {
      position = new int[axes];
      for (int d = axes - 1, rest = step; d >= 0; rest /= sizes[d], d--) {
        position[d] = rest % sizes[d];
        aOffset += position[d] * a[d];
        bOffset += position[d] * b[d];
      }
    }

    /** The offset into the first array. */
    public int a() {
      return aOffset;
    }

    /** The offset into the second array. */
    public int b() {
      return bOffset;
    }

    /** Goes one step on; after the last step it is back at the first. */
    public void advance() {
      for (int d = position.length - 1; d >= 0; d--) {
        aOffset += a[d];
        bOffset += b[d];
        if (++position[d] < sizes[d]) {
          return;
        }
        aOffset -= a[d] * sizes[d];
        bOffset -= b[d] * sizes[d];
        position[d] = 0;
      }
    }
  }
}
