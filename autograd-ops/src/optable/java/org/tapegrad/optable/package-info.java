/**
 * The table of operations: for every public one at least one row ({@link
 * org.tapegrad.optable.OpCase}) with a call and what its inputs are drawn from. A test and the
 * program gradient-check run through it, and an operation without a row fails the build.
 *
 * <pre>{@code
 * OpCase.of("Activations.tanh", "", xs -> Activations.tanh(xs.get(0)), any(2, 3))
 * }</pre>
 *
 * <p>To add a row, find the file of the family, such as {@code PointwiseRows}. Inputs stay away
 * from kinks: {@code positive} and {@code awayFromZero} draw such ones.
 */
package org.tapegrad.optable;
