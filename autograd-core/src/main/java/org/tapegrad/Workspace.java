package org.tapegrad;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Allocator;
import org.tapegrad.kernel.Memory;

/**
 * Memory that one training step after the other works in. Fresh large arrays cost more than the
 * arithmetic on them; what was allocated during a step serves the next one instead:
 *
 * <pre>{@code
 * Workspace workspace = new Workspace();
 * for (...) {
 *   try (Workspace.Step step = workspace.step()) {
 *     Tape tape = step.tape();
 *     ... // losses, gradients, the optimiser's update
 *   }
 * }
 * }</pre>
 *
 * <p>Arrays computed during a step, gradients among them, end with it: using one later is an error,
 * {@link NdArray#copy()} makes one that stays. Arrays that were put on the tape are not concerned.
 * Arrays that no step has used four times in a row are left to the garbage collector. Any thread
 * may use a workspace, but one at a time.
 */
public final class Workspace {
  /** So many steps an array waits for its next use before it is given up. */
  private static final int PATIENCE = 4;

  private final Map<Memory<Object>, Map<Integer, Deque<Taken>>> free = new IdentityHashMap<>();
  private final Exclusive use = new Exclusive();
  private Step current;
  private long steps;

  /** A new workspace, empty: the first step fills it. */
  public Workspace() {}

  /**
   * Starts a step.
   *
   * @throws IllegalStateException if the step before it is still open
   */
  public Step step() {
    if (current != null) {
      throw new IllegalStateException(
          "workspace: the step before is still open; use try (Workspace.Step step = ...)");
    }
    current = new Step();
    steps++;
    return current;
  }

  /** The bytes in arrays that wait for their next use. */
  public long idleBytes() {
    long bytes = 0;
    for (Map<Integer, Deque<Taken>> sizes : free.values()) {
      for (Deque<Taken> idle : sizes.values()) {
        bytes += idle.stream().mapToLong(t -> (long) t.memory.bytes() * t.n).sum();
      }
    }
    return bytes;
  }

  /** One step: a tape whose results live until the step is closed. */
  public final class Step implements AutoCloseable {
    private final Arena arena = new Arena(this);
    private final Tape tape = new Tape(false, false, arena);

    private Step() {}

    /** The tape of this step. */
    public Tape tape() {
      arena.checkOpen();
      return tape;
    }

    /** Ends the step; its arrays serve the next one. */
    @Override
    public void close() {
      if (current == this) {
        arena.releaseSince(0, array -> false);
        giveUpUnused();
        current = null;
      }
    }
  }

  /** The last array given back is the next one taken, so the first ones wait longest. */
  private void giveUpUnused() {
    for (Map<Integer, Deque<Taken>> sizes : free.values()) {
      for (Deque<Taken> idle : sizes.values()) {
        while (!idle.isEmpty() && idle.peekFirst().step <= steps - PATIENCE) {
          idle.removeFirst();
        }
      }
      sizes.values().removeIf(Deque::isEmpty);
    }
  }

  private Deque<Taken> idle(Memory<Object> memory, int n) {
    return free.computeIfAbsent(memory, m -> new HashMap<>())
        .computeIfAbsent(n, k -> new ArrayDeque<>());
  }

  /** An array and the last step that used it. */
  private record Taken(Memory<Object> memory, int n, Object array, long step) {}

  /** The allocations of one step, in order. */
  private final class Arena implements Allocator {
    private final Step step;
    private final List<Taken> taken = new ArrayList<>();

    private Arena(Step step) {
      this.step = step;
    }

    @Override
    public Object allocate(Memory<Object> memory, int n, boolean zeroed) {
      boolean outermost = use.enter();
      try {
        checkOpen();
        Taken last = idle(memory, n).pollLast();
        Object array = last == null ? memory.allocate(n) : last.array;
        if (last != null && zeroed) {
          memory.fill(array, 0, n, 0);
        }
        assert zeroed || poison(memory, n, array);
        taken.add(new Taken(memory, n, array, steps));
        return array;
      } finally {
        use.leave(outermost);
      }
    }

    /** With assertions on, an operation that reads what it should have written computes NaN. */
    private static boolean poison(Memory<Object> memory, int n, Object array) {
      memory.fill(array, 0, n, Double.NaN);
      return true;
    }

    @Override
    public void checkOpen() {
      if (current != step) {
        throw new IllegalStateException(
            "workspace: this array belongs to a step that has been closed; copy() what is to"
                + " outlive its step");
      }
    }

    @Override
    public int mark() {
      return taken.size();
    }

    @Override
    public void releaseSince(int mark, Predicate<Object> kept) {
      int end = mark;
      for (int i = mark; i < taken.size(); i++) {
        Taken t = taken.get(i);
        if (kept.test(t.array)) {
          taken.set(end++, t);
        } else {
          giveBack(t);
        }
      }
      taken.subList(end, taken.size()).clear();
    }

    @Override
    public void release(int mark, Object array) {
      for (int i = taken.size() - 1; i >= mark; i--) {
        if (taken.get(i).array == array) {
          giveBack(taken.remove(i));
          return;
        }
      }
    }

    private void giveBack(Taken t) {
      idle(t.memory, t.n).addLast(t);
    }
  }
}
