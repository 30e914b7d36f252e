package org.tapegrad.kernel;

import java.util.function.Predicate;

/**
 * Where the elements of new arrays come from; the results of an operation come from where its
 * inputs did.
 */
public interface Allocator {
  /** The garbage-collected heap, which looks after everything itself. */
  Allocator HEAP =
      new Allocator() {
        @Override
        public Object allocate(Memory<Object> memory, int n, boolean zeroed) {
          return memory.allocate(n);
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

  /** An array of n elements, all zero if so asked, else of any content. */
  Object allocate(Memory<Object> memory, int n, boolean zeroed);

  /** Fails if what was allocated here may have been given to somebody else since. */
  void checkOpen();

  /** A point in the sequence of allocations. */
  int mark();

  /** Takes back what was allocated since the mark, but for the arrays that are to be kept. */
  void releaseSince(int mark, Predicate<Object> kept);

  /** Takes back an array if it was allocated since the mark. */
  void release(int mark, Object array);
}
