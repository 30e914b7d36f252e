package org.tapegrad.examples.lessons.book;

/**
 * A part of a lesson's source that is all text or all code.
 *
 * @param isText whether it is Markdown
 * @param content its lines, without the indentation that it has as a whole
 * @param lastLine the number of its last line in the source
 */
public record Piece(boolean isText, String content, int lastLine) {}
