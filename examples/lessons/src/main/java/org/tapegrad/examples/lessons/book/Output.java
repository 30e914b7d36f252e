package org.tapegrad.examples.lessons.book;

/**
 * What a piece of code printed or showed.
 *
 * @param by the piece
 * @param text what it printed, null for an exhibit
 * @param exhibit what it showed, null for printed text
 */
record Output(Piece by, String text, Exhibit exhibit) {}
