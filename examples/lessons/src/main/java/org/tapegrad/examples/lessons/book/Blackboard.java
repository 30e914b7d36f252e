package org.tapegrad.examples.lessons.book;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.tapegrad.Explanation;
import org.tapegrad.array.NdArray;
import org.tapegrad.explain.TapeExplorer;

/** What lessons call to claim and to show: in a terminal as text, in the book as pictures too. */
public final class Blackboard {
  /** The side of a picture's pixels on a page. */
  private static final int ZOOM = 4;

  private static Consumer<Exhibit> viewer = Blackboard::print;

  private Blackboard() {}

  /**
   * States a claim of a lesson.
   *
   * @throws IllegalStateException if it does not hold, which ends the lesson
   */
  public static void check(String claim, boolean holds) {
    if (!holds) {
      throw new IllegalStateException("does not hold: " + claim);
    }
    System.out.println("checked: " + claim);
  }

  /** Shows a tape with its gradients, in the tape explorer. */
  public static void show(String caption, Explanation explanation) {
    viewer.accept(
        new Exhibit(
            Exhibit.Kind.PAGE,
            caption,
            TapeExplorer.html(explanation),
            explanation.toString().stripTrailing()));
  }

  /** Shows a plot. */
  public static void show(Plot plot) {
    viewer.accept(new Exhibit(Exhibit.Kind.FIGURE, plot.title(), plot.svg(), plot.toString()));
  }

  /** Shows an image [3, H, W] of red, green and blue in [0, 1]. */
  public static void show(String caption, NdArray image) {
    String html =
        "<img alt=\"%s\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
            .formatted(
                Html.escape(caption),
                image.size(2) * ZOOM,
                image.size(1) * ZOOM,
                Base64.getEncoder().encodeToString(png(image)));
    viewer.accept(new Exhibit(Exhibit.Kind.FIGURE, caption, html, "an image " + image.describe()));
  }

  /** Runs a program whose exhibits go to a viewer. */
  static void with(Consumer<Exhibit> other, Program program) throws Exception {
    Consumer<Exhibit> before = viewer;
    viewer = other;
    try {
      program.main(new String[0]);
    } finally {
      viewer = before;
    }
  }

  private static void print(Exhibit exhibit) {
    System.out.println(exhibit.caption() + ":\n" + exhibit.text());
  }

  private static byte[] png(NdArray image) {
    int height = image.size(1);
    int width = image.size(2);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 3 * height * width; i++) {
      int y = i / width % height;
      double brightness = Math.max(0, Math.min(1, image.get(i / width / height, y, i % width)));
      picture.getRaster().setSample(i % width, y, i / width / height, (int) (brightness * 255.5));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
