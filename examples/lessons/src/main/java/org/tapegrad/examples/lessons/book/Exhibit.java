package org.tapegrad.examples.lessons.book;

/**
 * What a lesson shows besides text.
 *
 * @param kind how a page shows the content
 * @param caption one line of plain text
 * @param content HTML: a drawing, an image, or a page of its own
 * @param text the same for a terminal
 */
public record Exhibit(Kind kind, String caption, String content, String text) {
  /** Where the content of an exhibit goes. */
  public enum Kind {
    /** Into the page of the lesson. */
    FIGURE,
    /** Into a file beside it, framed by the page. */
    PAGE
  }
}
