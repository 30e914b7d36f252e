/**
 * Makes a book, scripts for JShell and notebooks of lessons: programs whose comments are the text.
 * {@link org.tapegrad.examples.lessons.book.Blackboard} and {@link
 * org.tapegrad.examples.lessons.book.Plot} are what a lesson calls.
 */
package org.tapegrad.examples.lessons.book;
