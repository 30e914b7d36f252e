/**
 * Measures this framework beside others in one process. Start with {@code Cases}, what is measured,
 * and {@link org.tapegrad.examples.benchmarks.Implementation}, by whom: {@code Tapegrad}, {@code
 * Composed} from primitives, or a peer. {@code Interleaved} takes the times, {@code Limits} tells
 * what the machine could do, {@code ResultTable} prints both.
 */
package org.tapegrad.examples.benchmarks;
