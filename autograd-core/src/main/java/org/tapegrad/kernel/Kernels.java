package org.tapegrad.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loops for one element type. Chosen once, when this class is initialised: those written with
 * {@code jdk.incubator.vector} where the module is present, else plain Java.
 *
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public record Kernels<A>(
    Memory<A> memory,
    Elementwise<A> elementwise,
    Reduction<A> reduction,
    Layout<A> layout,
    MatrixProduct<A> product,
    Convolution<A> convolution,
    LinearSolver<A> solver,
    Planes<A> planes,
    Optimize<A> optimize,
    SeparableMap<A> separableMap,
    WindowMaximum<A> windowMaximum) {

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** Whether the kernels in use are those of the vector module. */
  public static final boolean VECTORIZED = vectorModuleIsPresent();

  /** The loops over {@code double[]}. */
  public static final Kernels<double[]> FLOAT64 =
      VECTORIZED ? VectorKernels.float64(plainFloat64()) : plainFloat64();

  /** The loops over {@code float[]}. */
  public static final Kernels<float[]> FLOAT32 =
      VECTORIZED ? VectorKernels.float32(plainFloat32()) : plainFloat32();

  private static Kernels<double[]> plainFloat64() {
    return new Kernels<>(
        new PlainMemoryF64(),
        new PlainElementwiseF64(),
        new PlainReductionF64(),
        new PlainLayoutF64(),
        new PlainMatrixProductF64(),
        new PlainConvolutionF64(),
        new EjmlLinearSolverF64(),
        new PlainPlanesF64(),
        new PlainOptimizeF64(),
        new PlainSeparableMapF64(),
        new PlainWindowMaximumF64());
  }

  private static Kernels<float[]> plainFloat32() {
    return new Kernels<>(
        new PlainMemoryF32(),
        new PlainElementwiseF32(),
        new PlainReductionF32(),
        new PlainLayoutF32(),
        new PlainMatrixProductF32(),
        new PlainConvolutionF32(),
        new EjmlLinearSolverF32(),
        new PlainPlanesF32(),
        new PlainOptimizeF32(),
        new PlainSeparableMapF32(),
        new PlainWindowMaximumF32());
  }

  private static boolean vectorModuleIsPresent() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!present) {
      LOG.info("Plain kernels; --add-modules jdk.incubator.vector enables the vector kernels");
    }
    return present;
  }
}
