package org.tapegrad.examples.style;

import java.util.concurrent.CountDownLatch;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into a wish to stop: the Java machine, which ends with the exit
 * code of the signal (130, 143, 129), waits until this is closed.
 */
final class StopRequest implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "stop");
  private volatile boolean requested;

  StopRequest() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void request() {
    requested = true;
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isMade() {
    return requested;
  }

  @Override
  public void close() {
    closed.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) { // the machine is going down just now
        requested = true;
      }
    }
  }
}
