package org.tapegrad.array;

import org.tapegrad.kernel.Allocator;

/**
 * The elements that one or more arrays share, how often they were written to, and where the results
 * of operations on them are allocated.
 */
final class Storage {
  private final Object array;
  private final Writes writes;
  final Allocator allocator;

  /** What all arrays that share the elements know of changes to them. */
  private static final class Writes {
    private int version;
    private boolean unseen;
  }

  Storage(Object array, Allocator allocator) {
    this(array, allocator, new Writes());
  }

  private Storage(Object array, Allocator allocator, Writes writes) {
    this.array = array;
    this.allocator = allocator;
    this.writes = writes;
  }

  /** The same elements and the same count of writes, with results allocated elsewhere. */
  Storage sharedFrom(Allocator other) {
    return new Storage(array, other, writes);
  }

  Object read() {
    allocator.checkOpen();
    return array;
  }

  Object write() {
    allocator.checkOpen();
    writes.version++;
    return array;
  }

  /** The elements for somebody who may write to them at any time without a word. */
  Object share() {
    writes.unseen = true;
    return write();
  }

  boolean isShared() {
    return writes.unseen;
  }

  int version() {
    return writes.version;
  }

  /** Where an operation on both puts its result: not on the plain heap, if either is elsewhere. */
  Allocator allocatorWith(Storage other) {
    return allocator == Allocator.HEAP ? other.allocator : allocator;
  }
}
