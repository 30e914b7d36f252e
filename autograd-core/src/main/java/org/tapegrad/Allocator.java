package org.tapegrad;

/** Where the elements of new arrays come from; the results of an operation come from where its inputs did. */
interface Allocator {
  /** The garbage-collected heap. */
  Allocator HEAP = (dtype, n, zeroed) -> new Storage(dtype.kernels().memory().allocate(n), Allocator.HEAP);

  /** Storage of n elements, all zero if so asked, else of any content. */
  Storage allocate(DType dtype, int n, boolean zeroed);

  /** The one that is not the plain heap, if either. */
  static Allocator of(NdArray a, NdArray b) {
    return a.storage.allocator == HEAP ? b.storage.allocator : a.storage.allocator;
  }
}
