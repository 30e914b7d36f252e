package org.tapegrad.examples.style;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on the terminal: step, time taken and left, loss, images a second. */
final class Progress implements AutoCloseable {
  /** Columns where the output is not a terminal that tells its width. */
  private static final int WIDTH = 100;

  private final ProgressBar bar;
  private final int imagesPerStep;
  private final long start = System.nanoTime();
  private int done;

  Progress(PrintStream out, int firstStep, int steps, int imagesPerStep) {
    this.imagesPerStep = imagesPerStep;
    this.bar = on(out, "step").setInitialMax(steps).startsFrom(firstStep, Duration.ZERO).build();
  }

  /** A bar with a name, to be drawn there once a second. */
  static ProgressBarBuilder on(PrintStream out, String name) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(1000)
        .setConsumer(
            System.console() == null
                ? new ConsoleProgressBarConsumer(out, WIDTH)
                : new ConsoleProgressBarConsumer(out));
  }

  /** One more step has been taken, with this loss. */
  void step(double loss) {
    done++;
    double seconds = (System.nanoTime() - start) / 1e9;
    bar.setExtraMessage(
        " loss %.3f, %.1f images/s".formatted(loss, done * imagesPerStep / seconds));
    bar.step();
  }

  @Override
  public void close() {
    bar.close();
  }
}
