package org.tapegrad.array;

import org.tapegrad.kernel.Allocator;

/**
 * The elements that one or more arrays share, how often they were written to, and where the results
 * of operations on them are allocated.
 */
final class Storage {
  private final Object array;
  final Allocator allocator;

  /**
   * The first storage of these elements, which knows of changes to them for all that share them.
   */
  private final Storage first;

  private int version;
  private boolean unseen;

  Storage(Object array, Allocator allocator) {
    this.array = array;
    this.allocator = allocator;
    this.first = this;
  }

  private Storage(Storage first, Allocator allocator) {
    this.array = first.array;
    this.allocator = allocator;
    this.first = first;
  }

  /** The same elements and the same count of writes, with results allocated elsewhere. */
  Storage sharedFrom(Allocator other) {
    return new Storage(first, other);
  }

  Object read() {
    allocator.checkOpen();
    return array;
  }

  Object write() {
    allocator.checkOpen();
    first.version++;
    return array;
  }

  /** The elements for somebody who may write to them at any time without a word. */
  Object share() {
    first.unseen = true;
    return write();
  }

  boolean isShared() {
    return first.unseen;
  }

  int version() {
    return first.version;
  }

  /** Where an operation on both puts its result: not on the plain heap, if either is elsewhere. */
  Allocator allocatorWith(Storage other) {
    return allocator == Allocator.HEAP ? other.allocator : allocator;
  }
}
