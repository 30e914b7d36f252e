/**
 * Optimisers, which update parameters in place from their gradients. Start with {@link
 * org.tapegrad.optim.Adam}.
 *
 * <pre>{@code
 * Optimizer optimizer = new Adam(network.parameters(), 0.001);
 * optimizer.step(tape.gradientOf(loss, network.parameters())); // once per tape
 * }</pre>
 *
 * <p>Gradients are arguments, so there is nothing to clear between steps. {@link
 * org.tapegrad.optim.Gradients} clips them, {@link org.tapegrad.optim.LRScheduler} changes the
 * learning rate. {@link org.tapegrad.optim.LBFGS} is for a loss that is the same function in every
 * evaluation: it evaluates it itself, several times in a step.
 *
 * <pre>{@code
 * double before = new LBFGS(List.of(picture)).step(tape -> loss(tape.variable(picture)));
 * }</pre>
 *
 * <p>The update rules are PyTorch's, compared with its values step by step.
 */
package org.tapegrad.optim;
