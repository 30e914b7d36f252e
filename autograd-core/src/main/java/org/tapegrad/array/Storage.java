package org.tapegrad.array;

import org.tapegrad.kernel.Allocator;

/**
 * The elements that one or more arrays share, how often they were written to, and where the results
 * of operations on them are allocated.
 */
final class Storage {
  private final Object array;
  private final int[] version;
  final Allocator allocator;

  Storage(Object array, Allocator allocator) {
    this(array, allocator, new int[1]);
  }

  private Storage(Object array, Allocator allocator, int[] version) {
    this.array = array;
    this.allocator = allocator;
    this.version = version;
  }

  /** The same elements and the same count of writes, with results allocated elsewhere. */
  Storage sharedFrom(Allocator other) {
    return new Storage(array, other, version);
  }

  Object read() {
    allocator.checkOpen();
    return array;
  }

  Object write() {
    allocator.checkOpen();
    version[0]++;
    return array;
  }

  int version() {
    return version[0];
  }

  /** Where an operation on both puts its result: not on the plain heap, if either is elsewhere. */
  Allocator allocatorWith(Storage other) {
    return allocator == Allocator.HEAP ? other.allocator : allocator;
  }
}
