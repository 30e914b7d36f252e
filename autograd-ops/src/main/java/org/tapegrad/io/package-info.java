/**
 * Files of named arrays, for models and checkpoints. There is one format, {@link
 * org.tapegrad.io.Safetensors}, which files of PyTorch models use, too; the integers among their
 * state are read by {@code readWithIntegers}.
 *
 * <pre>{@code
 * new Safetensors(network.state(), Map.of()).write(Path.of("model.safetensors"));
 * network.load(Safetensors.read(Path.of("model.safetensors")).tensors());
 * }</pre>
 */
package org.tapegrad.io;
