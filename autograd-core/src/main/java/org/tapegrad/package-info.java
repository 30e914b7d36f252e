/**
 * The engine: automatic differentiation in reverse mode, on a tape. Start with {@link
 * org.tapegrad.Tape}: put arrays on it, compute with {@link org.tapegrad.Tensor}, ask for
 * gradients.
 *
 * <pre>{@code
 * Tape tape = new Tape();
 * Tensor x = tape.variable(NdArray.of(new double[] {1, 2, 3}, 3));
 * NdArray dx = tape.gradient(x.square().sum(), x); // [2., 4., 6.]
 * }</pre>
 *
 * <p>To read how it works: {@code Tensor} has each formula beside its gradient, {@link
 * org.tapegrad.Pullback} is what an operation leaves on the tape, and {@code Backward} is the walk
 * back. {@link org.tapegrad.Derivatives} differentiates functions, and {@link
 * org.tapegrad.Workspace} saves memory in training loops, and an {@link org.tapegrad.Explanation}
 * says where a gradient went. An operation of your own is a static method that ends in {@link
 * org.tapegrad.Tape#record(String, org.tapegrad.array.NdArray, org.tapegrad.Pullback...)
 * Tape.record}.
 */
package org.tapegrad;
