package org.tapegrad.examples.lessons.book;

/**
 * A lesson's place in the course.
 *
 * @param number from 1
 * @param name what it is called on the command line
 * @param type the class whose source is the text
 * @param program its main method
 */
public record Lesson(int number, String name, Class<?> type, Program program) {
  /** The lesson's source, cut into text and code. */
  public Source source() {
    return Source.of(type);
  }

  /** The name of its files without their ending: lesson7. */
  String file() {
    return "lesson" + number;
  }
}
