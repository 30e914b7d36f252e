package org.tapegrad.examples.style;

import java.util.function.DoubleConsumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * A bar on a terminal, and only there: pictures that are done, and the part done of a large one.
 */
final class PictureProgress implements DoubleConsumer, AutoCloseable {
  /** Ticks of the bar for each picture. */
  private static final int TICKS = 1000;

  private final int pictures;
  private final boolean shown;
  private int done;
  private ProgressBar bar;

  PictureProgress(int pictures) {
    this(pictures, System.console() != null);
  }

  PictureProgress(int pictures, boolean shown) {
    this.pictures = pictures;
    this.shown = shown;
  }

  /** So much of a picture is done, up to 1. */
  @Override
  public void accept(double part) {
    if (shown && bar == null) {
      bar =
          Progress.on(System.err, "pictures")
              .setInitialMax((long) TICKS * pictures)
              .setUnit("", TICKS)
              .build();
    }
    if (bar != null) {
      bar.stepTo(Math.round(TICKS * (done + part)));
    }
  }

  /** One picture of several is done, or has failed. */
  void picture() {
    done++;
    if (pictures > 1) {
      accept(0);
    }
  }

  /** Begins a line of text where the bar stands, which is drawn again below it. */
  String line(String text) {
    return bar == null ? text : "\r\u001b[K" + text;
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
