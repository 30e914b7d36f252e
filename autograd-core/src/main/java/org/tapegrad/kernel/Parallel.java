package org.tapegrad.kernel;

import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;

/**
 * Splits loops over the common fork-join pool. Cuts depend on the size of the work alone, never on
 * the number of threads, so a result is bit-identical on one core and on many.
 */
public final class Parallel {
  /** Work below this many elementary operations is not worth a second thread. */
  private static final long WORK_PER_TASK = 1 << 15;

  private Parallel() {}

  /** A loop body over the half-open range [from, to). */
  @FunctionalInterface
  public interface Range {
    /** Runs the iterations from (inclusive) to (exclusive). */
    void run(int from, int to);
  }

  /**
   * Runs the body over [0, items), in parallel where items · workPerItem is large.
   *
   * @param workPerItem elementary operations (about 1 ns each) in one item
   */
  public static void forEach(int items, long workPerItem, Range body) {
    int perTask = (int) Math.max(1, Math.min(items, WORK_PER_TASK / Math.max(1, workPerItem)));
    if (items <= perTask) {
      if (items > 0) {
        body.run(0, items);
      }
      return;
    }
    new Split(body, 0, items, perTask).invoke();
  }

  private static final class Split extends RecursiveAction {
    private static final long serialVersionUID = 1L;
    private final transient Range body;
    private final int from;
    private final int to;
    private final int perTask;

    Split(Range body, int from, int to, int perTask) {
      this.body = body;
      this.from = from;
      this.to = to;
      this.perTask = perTask;
    }

    @Override
    protected void compute() {
      if (to - from <= perTask) {
        body.run(from, to);
        return;
      }
      int tasks = (to - from + perTask - 1) / perTask;
      int middle = from + tasks / 2 * perTask;
      ForkJoinTask.invokeAll(
          new Split(body, from, middle, perTask), new Split(body, middle, to, perTask));
    }
  }
}
