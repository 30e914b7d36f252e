/**
 * A gradient check that needs no step size and no tolerance. Start with {@link
 * org.tapegrad.check.GradientCheck}: it takes functions of tensors, computations with variables and
 * plain Java functions with a claimed gradient, and its {@link org.tapegrad.check.Report} gives one
 * of the {@link org.tapegrad.check.Verdict}s.
 *
 * <pre>{@code
 * GradientCheck.of(x -> Math.sin(x[0]), x -> new double[] {Math.cos(x[0])})
 *     .at(new double[] {0.5})
 *     .assertCorrect();
 * }</pre>
 *
 * <p>Whatever is checked becomes a {@code TensorProgram}, from inputs on a tape to outputs; the
 * gradient of a program is a program again ({@code VjpProgram}), so every order is checked alike.
 * Times random cotangents its outputs make one {@code ScalarFunction}. An {@code Examination} moves
 * that function's inputs along {@code Directions}, one input at a time: the values at x ± h d for
 * ever smaller h ({@code StepLadder}) give the numeric {@code DirectionalDerivative} by {@code
 * Richardson} extrapolation, with an estimate of its error and of the rounding ({@code
 * NoiseFloor}); an {@code Outcome} is what it says of the claimed one. A suspicion is tried again
 * on other steps, then narrowed down to an element by halving the direction. {@code Conclusion}
 * makes the outcomes of one order a verdict.
 */
package org.tapegrad.check;
