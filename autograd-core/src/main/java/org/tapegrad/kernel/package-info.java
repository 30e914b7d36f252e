/**
 * Loops over {@code double[]} and {@code float[]}: the only place that knows which of the two an
 * array is made of. For the arrays and operations of this library, not for its users. Start with
 * {@link org.tapegrad.kernel.Kernels}, which lists them all and chooses between plain Java ({@code
 * Plain...}) and the Vector API ({@code Vector...}).
 *
 * <p>Files named {@code ...F64} are written, for double; the build copies each to {@code ...F32},
 * for float, and {@code /}{@code **}{@code / double} marks what stays double there. Arguments were
 * checked before; a kernel trusts its sizes. Results depend neither on the number of threads
 * ({@link org.tapegrad.kernel.Parallel}) nor on what has been compiled.
 */
package org.tapegrad.kernel;
