package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * A box walked through two arrays at once, reduced to as few axes as possible: axes of extent 1 are
 * dropped, and an axis is merged into the next where both arrays step through the pair evenly.
 * After that NumPy broadcasting and permutations are a few outer axes around one long inner loop.
 */
public final class Strides {
  private final int[] extents;
  private final int[] a;
  private final int[] b;

  private Strides(int[] extents, int[] a, int[] b) {
    this.extents = extents;
    this.a = a;
    this.b = b;
  }

  /** The reduced form of a box of the given extents with the strides of two arrays. */
  public static Strides merge(int[] extents, int[] aStrides, int[] bStrides) {
    int[] e = new int[extents.length];
    int[] a = new int[extents.length];
    int[] b = new int[extents.length];
    int n = 0;
    for (int d = 0; d < extents.length; d++) {
      if (extents[d] == 1) {
        continue;
      }
      if (n > 0 && a[n - 1] == aStrides[d] * extents[d] && b[n - 1] == bStrides[d] * extents[d]) {
        e[n - 1] *= extents[d];
      } else {
        e[n++] = extents[d];
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
    return extents.length;
  }

  /** The extents of the axes left. */
  int[] extents() {
    return extents;
  }

  /** Whether the box has no element. */
  public boolean isEmpty() {
    for (int e : extents) {
      if (e == 0) {
        return true;
      }
    }
    return false;
  }

  /** The extent of the innermost axis, 1 where none is left. */
  public int inner() {
    return extents.length == 0 ? 1 : extents[extents.length - 1];
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
    for (int d = 0; d < extents.length - innerAxes; d++) {
      n *= extents[d];
    }
    return n;
  }

  /** An odometer over all but the last {@code innerAxes} axes, set to the given step. */
  public Odometer odometer(int innerAxes, int step) {
    return new Odometer(extents.length - innerAxes, step);
  }

  /** A position in the outer axes and the two array offsets that belong to it. */
  public final class Odometer {
    private final int[] position;
    private int aOffset;
    private int bOffset;

    private Odometer(int axes, int step) {
      position = new int[axes];
      for (int d = axes - 1, rest = step; d >= 0; rest /= extents[d], d--) {
        position[d] = rest % extents[d];
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
        if (++position[d] < extents[d]) {
          return;
        }
        aOffset -= a[d] * extents[d];
        bOffset -= b[d] * extents[d];
        position[d] = 0;
      }
    }
  }
}
