package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private static final int[] ITEMS = {0, 1, 2, 3, 31, 1000, 32_767, 32_768, 32_769, 1_000_003};
  private static final long[] WORK = {0, 1, 7, 1000, 1 << 15, 1L << 40};

  /** From where to where each task went, in a pool of so many threads. */
  private static List<List<Integer>> ranges(int threads, int items, long work) {
    ConcurrentSkipListMap<Integer, Integer> ranges = new ConcurrentSkipListMap<>();
    AtomicInteger calls = new AtomicInteger();
    ForkJoinPool pool = new ForkJoinPool(threads);
    pool.submit(
            () ->
                Parallel.forEach(
                    items,
                    work,
                    (from, to) -> {
                      calls.incrementAndGet();
                      ranges.put(from, to);
                    }))
        .join();
    pool.shutdown();
    assertEquals(calls.get(), ranges.size(), "a range was run twice");
    List<List<Integer>> list = new ArrayList<>();
    ranges.forEach((from, to) -> list.add(List.of(from, to)));
    return list;
  }

  @Test
  void everyItemOnce() {
    for (int items : ITEMS) {
      for (long work : WORK) {
        if (items * Math.max(1, work / (1 << 15)) > 1 << 15) {
          continue; // as many tasks as items
        }
        int next = 0;
        for (List<Integer> range : ranges(3, items, work)) {
          assertEquals(next, range.get(0));
          assertTrue(range.get(1) > range.get(0));
          next = range.get(1);
        }
        assertEquals(items, next);
      }
    }
  }

  /** What a task computes must not depend on how many threads there are. */
  @Test
  void cutsDependOnSizesAlone() {
    for (int items : ITEMS) {
      List<List<Integer>> alone = ranges(1, items, 10);
      assertEquals(alone, ranges(2, items, 10));
      assertEquals(alone, ranges(7, items, 10));
    }
    assertEquals(1, ranges(2, 32_768, 1).size());
    assertEquals(2, ranges(2, 32_769, 1).size());
  }

  @Test
  void largeWorkIsShared() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    ForkJoinPool pool = new ForkJoinPool(2);
    pool.submit(
            () ->
                Parallel.forEach(
                    64,
                    1L << 20,
                    (from, to) -> {
                      threads.add(Thread.currentThread());
                      long end = System.nanoTime() + 1_000_000;
                      while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                      }
                    }))
        .join();
    pool.shutdown();
    assertEquals(2, threads.size());
  }

  @Test
  void failuresComeOut() {
    ArithmeticException failure = new ArithmeticException("on purpose");
    for (int items : new int[] {1, 100}) {
      Throwable thrown =
          assertThrows(
              ArithmeticException.class,
              () ->
                  Parallel.forEach(
                      items,
                      1 << 20,
                      (from, to) -> {
                        if (to == items) {
                          throw failure;
                        }
                      }));
      // a failure in another thread is rethrown as a new exception of the same type
      assertTrue(thrown == failure || thrown.getCause() == failure);
    }
  }
}
