/**
 * Operations on tensors: static functions, one file per fused operation or family of small ones.
 * Start with {@link org.tapegrad.ops.InstanceNorm}, whose documentation derives a gradient, or with
 * {@link org.tapegrad.ops.Activations} for short ones.
 *
 * <pre>{@code
 * Tensor y = relu(instanceNorm2d(conv2d(x, weight, bias), gamma, beta));
 * }</pre>
 *
 * <p>Images are x[N, C, H, W], or x[C, H, W] without a batch; names and semantics follow PyTorch,
 * and arguments that a short form leaves out have PyTorch's defaults. What is wrong with an
 * argument is said by an {@link java.lang.IllegalArgumentException} that names the operation.
 * Layers, which keep the weights that are arguments here, are in {@link org.tapegrad.nn}.
 */
package org.tapegrad.ops;
