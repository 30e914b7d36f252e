package org.tapegrad.examples.lessons.book;

import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.tapegrad.Explanation;
import org.tapegrad.array.NdArray;

/** What lessons call to claim and to show: in a terminal as text, in the book as pictures too. */
public final class Blackboard {
  /** The side of a picture's pixels on a page. */
  private static final int ZOOM = 3;

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
    viewer.accept(new Exhibit.Walk(caption, explanation));
  }

  /** Shows a plot. */
  public static void show(Plot plot) {
    viewer.accept(new Exhibit.Figure(plot.title(), plot.svg(), plot.toString()));
  }

  /** Shows images [1, 3, H, W] of red, green and blue in [0, 1] in a row. */
  public static void show(String caption, List<NdArray> images) {
    StringBuilder html = new StringBuilder("<div class=\"pictures\">");
    for (NdArray image : images) {
      html.append(
          "<img alt=\"%s: %d of %d\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
              .formatted(
                  Html.escape(caption),
                  images.indexOf(image) + 1,
                  images.size(),
                  image.size(3) * ZOOM,
                  image.size(2) * ZOOM,
                  Base64.getEncoder().encodeToString(Picture.png(image))));
    }
    String text = images.size() + " images " + images.get(0).describe();
    viewer.accept(new Exhibit.Figure(caption, html + "</div>", text));
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
}
