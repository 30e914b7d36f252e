package org.tapegrad.examples.lessons.book;

import org.tapegrad.Explanation;

/** What a lesson shows besides text. */
public sealed interface Exhibit {
  /** One line of plain text. */
  String caption();

  /** The same for a terminal. */
  String text();

  /**
   * A drawing or an image.
   *
   * @param html for the page of the lesson
   */
  record Figure(String caption, String html, String text) implements Exhibit {}

  /** A tape with its gradients, which gets a page of its own that the lesson's page frames. */
  record Walk(String caption, Explanation explanation) implements Exhibit {
    @Override
    public String text() {
      return explanation.toString();
    }
  }
}
