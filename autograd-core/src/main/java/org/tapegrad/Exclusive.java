package org.tapegrad;

import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Notices when two threads are within the same tape or workspace at once. Any thread may use them,
 * one after the other, as the cells of a notebook do.
 */
final class Exclusive {
  private final AtomicReference<Thread> user = new AtomicReference<>();

  /**
   * Begins a use.
   *
   * @return whether it is the outermost one, which {@link #leave} is to be told
   * @throws ConcurrentModificationException if another thread is within a use
   */
  boolean enter() {
    Thread thread = Thread.currentThread();
    if (user.getPlain() == thread) { // which only this thread can have set
      return false;
    }
    Thread other = user.compareAndExchange(null, thread);
    if (other != null) {
      throw new ConcurrentModificationException(
          "a tape is for one thread at a time: "
              + thread.getName()
              + " used it while "
              + other.getName()
              + " was using it; make one tape per thread");
    }
    return true;
  }

  void leave(boolean outermost) {
    if (outermost) {
      user.setRelease(null);
    }
  }

  /** The result of an action during which no other thread may be within. */
  <T> T during(Supplier<T> action) {
    boolean outermost = enter();
    try {
      return action.get();
    } finally {
      leave(outermost);
    }
  }
}
