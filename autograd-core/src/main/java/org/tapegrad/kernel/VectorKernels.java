package org.tapegrad.kernel;

/**
 * The plain kernels with those replaced that the vector module makes faster. Nothing else refers to
 * a class that needs the module, so that its absence is not noticed.
 */
final class VectorKernels {
  private VectorKernels() {}

  /** The width of a vector. */
  static int bits() {
    return VectorTileF64.SPECIES.vectorBitSize();
  }

  static Kernels<double[]> float64(Kernels<double[]> plain) {
    return new Kernels<>(
        plain.memory(),
        new VectorElementwiseF64(),
        new VectorReductionF64(),
        plain.layout(),
        new VectorMatrixProductF64(),
        new VectorConvolutionF64(),
        new VectorConvolutionF64(),
        new VectorPlanesF64(),
        new VectorOptimizeF64(),
        new VectorSeparableMapF64(),
        plain.windowMaximum());
  }

  static Kernels<float[]> float32(Kernels<float[]> plain) {
    return new Kernels<>(
        plain.memory(),
        new VectorElementwiseF32(),
        new VectorReductionF32(),
        plain.layout(),
        new VectorMatrixProductF32(),
        new VectorConvolutionF32(),
        VectorTileF32.LANES < 4 ? new VectorConvolutionF32() : new VectorWinogradF32(),
        new VectorPlanesF32(),
        new VectorOptimizeF32(),
        new VectorSeparableMapF32(),
        plain.windowMaximum());
  }
}
