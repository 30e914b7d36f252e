package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.tapegrad.Pullback.wrt;

import java.util.ConcurrentModificationException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.NdArray;

/**
 * A tape goes from thread to thread, as from cell to cell of a notebook, but not to two at once.
 */
class TapeThreadsTest {

  /** The result of an action on a thread of its own, which has ended when this returns. */
  private static <T> T elsewhere(Callable<T> action) throws ExecutionException {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = new Thread(task, "cell");
    thread.start();
    try {
      return task.get();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneThreadAfterTheOther() throws ExecutionException {
    Tape tape = elsewhere(Tape::new);
    Tensor x = elsewhere(() -> tape.variable(NdArray.scalar(3)));
    Tensor y = elsewhere(() -> x.square().times(x));
    assertEquals(27, elsewhere(() -> tape.gradient(y, x)).item());
    Tensor slope = tape.differentiableGradient(y, x);
    assertEquals(18, elsewhere(() -> tape.gradient(slope, x)).item());
  }

  @Test
  void workspaceStepsOnSeveralThreads() throws ExecutionException {
    Workspace workspace = new Workspace();
    NdArray ones = NdArray.of(new double[] {1, 1}, 2);
    for (int i = 1; i <= 3; i++) {
      int factor = i;
      double slope =
          elsewhere(
              () -> {
                try (Workspace.Step step = workspace.step()) {
                  Tensor x = step.tape().variable(ones);
                  return step.tape().gradient(x.times(factor).sum(), x).get(1);
                }
              });
      assertEquals(factor, slope);
    }
  }

  /** While one thread is within a gradient, each use by another is refused and changes nothing. */
  @Test
  void concurrentUse() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(2));
    for (Callable<?> use :
        new Callable<?>[] {
          () -> x.plus(1),
          () -> tape.gradient(x, x),
          () -> tape.differentiableGradient(x, x),
          () -> tape.variable(NdArray.scalar(1)),
          () -> tape.constant(NdArray.scalar(1))
        }) {
      Tensor y =
          Tape.record(
              "meeting",
              x.value().times(7),
              wrt(
                  x,
                  (out, g) -> {
                    int before = tape.size();
                    Throwable refusal =
                        assertThrows(ExecutionException.class, () -> elsewhere(use)).getCause();
                    assertInstanceOf(ConcurrentModificationException.class, refusal);
                    assertEquals(
                        "a tape is for one thread at a time: cell used it while "
                            + Thread.currentThread().getName()
                            + " was using it; make one tape per thread",
                        refusal.getMessage());
                    assertEquals(before, tape.size());
                    return g.times(7);
                  }));
      assertEquals(7, tape.gradient(y, x).item());
      assertEquals(14, tape.gradient(tape.differentiableGradient(y.times(y), x), y).item());
    }
  }

  /** A refused call must not stop the recording of the thread that works (dy/dx = 0 before). */
  @Test
  void refusedGradientsLeaveTheOwnerRecording() throws InterruptedException {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(1));
    Thread other =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  tape.gradient(x, x);
                } catch (ConcurrentModificationException e) {
                  Thread.onSpinWait();
                }
              }
            });
    other.start();
    try {
      for (int done = 0; done < 20_000; ) {
        try {
          Tensor y = x.times(7);
          assertEquals(false, y.isConstant());
          done++;
        } catch (ConcurrentModificationException e) {
          Thread.onSpinWait();
        }
      }
    } finally {
      other.interrupt();
      other.join();
    }
  }
}
