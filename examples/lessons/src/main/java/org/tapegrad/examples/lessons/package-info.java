/**
 * Twelve short programs to learn from, each of which checks what it claims, in the order of their
 * names. {@link org.tapegrad.examples.lessons.Lessons} runs them and writes them as a book.
 */
package org.tapegrad.examples.lessons;
