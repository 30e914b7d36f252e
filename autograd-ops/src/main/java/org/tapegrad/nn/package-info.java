/**
 * Layers: operations together with the weights they have learnt. Start with {@link
 * org.tapegrad.nn.Sequential}, or write a {@link org.tapegrad.nn.Module} of your own.
 *
 * <pre>{@code
 * Module network =
 *     new Sequential(
 *         new Linear(DType.FLOAT32, random, 1, 32),
 *         Lambda.tanh(),
 *         new Linear(DType.FLOAT32, random, 32, 1));
 * Tensor y = network.forward(tape.constant(x));
 * }</pre>
 *
 * <p>A {@link org.tapegrad.nn.Parameter} lives outside of any tape and is put on one by the layer
 * that uses it. Gradients come from {@code tape.gradientOf(loss, network.parameters())}, updates
 * from {@link org.tapegrad.optim}, and {@code state()} is what {@link org.tapegrad.io.Safetensors}
 * writes. Names of weights are PyTorch's.
 */
package org.tapegrad.nn;
