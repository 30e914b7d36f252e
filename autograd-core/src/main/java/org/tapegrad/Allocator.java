package org.tapegrad;

import java.util.function.Predicate;

/**
 * Where the elements of new arrays come from; the results of an operation come from where its
 * inputs did.
 */
interface Allocator {
  /** The garbage-collected heap, which looks after everything itself. */
  Allocator HEAP =
      new Allocator() {
        @Override
        public Storage allocate(DType dtype, int n, boolean zeroed) {
          return new Storage(dtype.kernels().memory().allocate(n), this);
        }

        @Override
        public void checkOpen() {}

        @Override
        public int mark() {
          return 0;
        }

        @Override
        public void releaseSince(int mark, Predicate<Object> kept) {}

        @Override
        public void release(int mark, Object array) {}
      };

  /** Storage of n elements, all zero if so asked, else of any content. */
  Storage allocate(DType dtype, int n, boolean zeroed);

  /** Fails if what was allocated here may have been given to somebody else since. */
  void checkOpen();

  /** A point in the sequence of allocations. */
  int mark();

  /** Takes back what was allocated since the mark, but for the arrays that are to be kept. */
  void releaseSince(int mark, Predicate<Object> kept);

  /** Takes back an array if it was allocated since the mark. */
  void release(int mark, Object array);

  /** The one that is not the plain heap, if either. */
  static Allocator of(NdArray a, NdArray b) {
    return a.storage.allocator == HEAP ? b.storage.allocator : a.storage.allocator;
  }
}
