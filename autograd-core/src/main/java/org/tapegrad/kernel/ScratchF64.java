package org.tapegrad.kernel;

import java.util.ArrayDeque;

/**
 * Arrays for packing that are reused by later calls on the same thread.
 *
 * <p>They are borrowed and given back rather than held per thread, because a thread of the
 * fork-join pool that waits for its subtasks may run another product meanwhile.
 */
final class ScratchF64 {
  private static final ThreadLocal<ArrayDeque<double[]>> FREE =
      ThreadLocal.withInitial(ArrayDeque::new);

  private ScratchF64() {}

  /** An array of at least this length with arbitrary contents. */
  static double[] borrow(int length) {
    ArrayDeque<double[]> free = FREE.get();
    for (double[] array : free) {
      if (array.length >= length) {
        free.removeFirstOccurrence(array);
        return array;
      }
    }
    free.pollLast();
    return new double[length];
  }

  /** Returns a borrowed array to this thread. */
  static void giveBack(double[] array) {
    FREE.get().addFirst(array);
  }
}
