package org.tapegrad;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Allocator;

/**
 * Gives arrays of a workspace step back as soon as a walk backwards has passed them: a pullback's
 * intermediate results, and each gradient once it has been propagated. Counts how many gradients
 * share an array; what any of them still uses stays.
 */
final class Recycler {
  private final Allocator allocator;
  private final boolean active;

  /** Where in the sequence of allocations the walk began; nothing older is ever given back. */
  private final int start;

  /** How many of the gradients share an array. */
  private final Map<Object, Integer> uses = new IdentityHashMap<>();

  /**
   * @param recording whether gradients are part of the tape, which they then stay; the heap looks
   *     after itself anyway
   */
  Recycler(Allocator allocator, boolean recording) {
    this.allocator = allocator;
    this.active = allocator != Allocator.HEAP && !recording;
    this.start = allocator.mark();
  }

  /** A point in the sequence of allocations. */
  int mark() {
    return allocator.mark();
  }

  /** A gradient takes the place of another; either may be null. */
  void replace(Tensor before, Tensor after) {
    if (active) {
      count(before, -1);
      count(after, 1);
    }
  }

  private void count(Tensor gradient, int change) {
    if (gradient != null) {
      uses.merge(gradient.value().data(), change, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  /** Gives back what was allocated since the mark, and a gradient that has been propagated. */
  void release(int mark, Tensor propagated) {
    if (!active) {
      return;
    }
    allocator.releaseSince(mark, uses::containsKey);
    if (propagated != null && !uses.containsKey(propagated.value().data())) {
      allocator.release(start, propagated.value().data());
    }
  }

  /** The gradients as arrays that share no elements, also where one reached several targets. */
  static List<NdArray> apart(List<Tensor> gradients, List<NdArray> seeds) {
    Set<Object> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    seeds.forEach(seed -> taken.add(seed.data()));
    return gradients.stream()
        .map(Tensor::value)
        .map(g -> taken.add(g.data()) ? g : g.broadcastTo(g.shape())) // a copy
        .toList();
  }
}
