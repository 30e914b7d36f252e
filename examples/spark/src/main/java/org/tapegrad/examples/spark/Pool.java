package org.tapegrad.examples.spark;

import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What one task of an executor leaves for the next: things that are expensive to make and are used
 * by one task at a time.
 */
final class Pool<T> {
  private final Map<Long, Deque<T>> idle = new ConcurrentHashMap<>();

  /**
   * Uses a thing.
   *
   * @param id things of the same number are alike; those of others are let go
   */
  <R> R use(long id, Supplier<T> make, Function<T, R> use) {
    idle.keySet().removeIf(other -> other != id);
    Deque<T> things = idle.computeIfAbsent(id, i -> new ConcurrentLinkedDeque<>());
    T thing = things.pollLast();
    T used = thing == null ? make.get() : thing;
    R result = use.apply(used);
    things.addLast(used);
    return result;
  }
}
