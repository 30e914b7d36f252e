/**
 * Short programs to learn from, each of which checks what it claims. Read them in this order:
 * {@code FirstTape} (what a tape is), {@code VacuousCheck} (a gradient check that passes on
 * anything), {@code ThirdDerivative} (a gradient that is right twice and then wrong). {@link
 * org.tapegrad.examples.lessons.Lessons} runs them.
 */
package org.tapegrad.examples.lessons;
