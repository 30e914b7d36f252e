/**
 * Checks the gradients of all operations, and then the checker on gradients that are wrong on
 * purpose. Start with {@link org.tapegrad.examples.gradientcheck.Main}, which prints a line per
 * operation and a table per family of wrong ones; with {@code --html} the same becomes a page with
 * plots of the error against the step.
 */
package org.tapegrad.examples.gradientcheck;
