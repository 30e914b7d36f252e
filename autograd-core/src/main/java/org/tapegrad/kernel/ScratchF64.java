package org.tapegrad.kernel;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * Arrays for packing that are reused by later calls on any thread.
 *
 * <p>They are not held per thread: the common fork-join pool forgets what is local to its threads
 * whenever one of them has nothing to do, and a thread that waits for its subtasks may run another
 * product meanwhile. They are let go when memory runs short.
 */
final class ScratchF64 {
  /** Free arrays to keep; no kernel borrows more at a time in each thread. */
  private static final int MOST = 8 * (ForkJoinPool.getCommonPoolParallelism() + 1);

  /** Free arrays, the shortest first, and of one length the last used. */
  private static SoftReference<List<double[]>> free = new SoftReference<>(null);

  private ScratchF64() {}

  private static List<double[]> free() {
    List<double[]> arrays = free.get();
    if (arrays == null) {
      arrays = new ArrayList<>();
      free = new SoftReference<>(arrays);
    }
    return arrays;
  }

  /** The shortest free array of at least this length, or a new one; its contents are arbitrary. */
  static double[] borrow(int length) {
    double[] array = fitting(length);
    return array == null ? new double[length] : array;
  }

  private static synchronized double[] fitting(int length) {
    List<double[]> arrays = free();
    int i = place(arrays, length);
    return i < arrays.size() ? arrays.remove(i) : null;
  }

  /** Returns a borrowed array; where there are too many the shortest is let go. */
  static synchronized void giveBack(double[] array) {
    List<double[]> arrays = free();
    arrays.add(place(arrays, array.length), array);
    if (arrays.size() > MOST) {
      arrays.remove(0);
    }
  }

  /** The number of free arrays that are shorter. */
  private static int place(List<double[]> arrays, int length) {
    int i = 0;
    while (i < arrays.size() && arrays.get(i).length < length) {
      i++;
    }
    return i;
  }
}
