package org.tapegrad.examples.spark;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.tapegrad.examples.style.StepSum;

/** Kills an executor on this machine (kill -9) while it computes. */
final class ExecutorKill extends SparkListener {
  /** Milliseconds after the beginning of a task. */
  private static final int LATER = 20;

  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicInteger lost = new AtomicInteger();
  private final CompletableFuture<Long> killed = new CompletableFuture<>();

  /** Sums of which the one of a step meets the kill. */
  StepSum inStep(int killed, StepSum sum) {
    return step -> {
      armed.compareAndSet(false, step == killed);
      return sum.of(step);
    };
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    if (armed.compareAndSet(true, false)) {
      CompletableFuture.delayedExecutor(LATER, TimeUnit.MILLISECONDS).execute(this::kill);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (!Success$.MODULE$.equals(end.reason())) {
      lost.incrementAndGet();
    }
  }

  private void kill() {
    ProcessHandle executor = ProcessHandle.current().children().findFirst().orElseThrow();
    executor.destroyForcibly();
    killed.complete(executor.pid());
  }

  /** Tasks that did not come to their end. */
  int lostTasks() {
    return lost.get();
  }

  /** The process that was killed. */
  long pid() {
    return killed.join();
  }
}
