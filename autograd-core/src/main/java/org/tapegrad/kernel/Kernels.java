package org.tapegrad.kernel;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loops for one element type. Chosen once, when this class is initialised: those written with
 * {@code jdk.incubator.vector} where the module is present and C2 is on, else plain Java.
 *
 * @param convolution any convolution, as it is defined
 * @param winograd those that {@link ConvolutionShape#suitsWinograd}, in float32 and vectors by
 *     Winograd's method
 * @param <A> the array type, {@code double[]} or {@code float[]}
 */
public record Kernels<A>(
    Memory<A> memory,
    Elementwise<A> elementwise,
    Reductions<A> reduction,
    Layout<A> layout,
    MatrixProduct<A> product,
    Convolution<A> convolution,
    Convolution<A> winograd,
    Planes<A> planes,
    Optimize<A> optimize,
    SeparableMap<A> separableMap,
    WindowMaximum<A> windowMaximum) {

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** Whether the kernels in use are those of the vector module. */
  public static final boolean VECTORIZED = vectorKernelsAreWorthwhile();

  /** The kernels in use, as {@code plain} or {@code vector, 512 bits}. */
  public static final String NAME =
      VECTORIZED ? "vector, " + VectorKernels.bits() + " bits" : "plain";

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
        new PlainConvolutionF64(),
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
        new PlainConvolutionF32(),
        new PlainPlanesF32(),
        new PlainOptimizeF32(),
        new PlainSeparableMapF32(),
        new PlainWindowMaximumF32());
  }

  /** Vector code is many times slower than plain loops until C2 has compiled it. */
  private static boolean vectorKernelsAreWorthwhile() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      LOG.info("Plain kernels; --add-modules jdk.incubator.vector enables the vector kernels");
      return false;
    }
    Pattern withoutC2 =
        Pattern.compile("-Xint|-XX:TieredStopAtLevel=[0-3]|-XX:\\+UseJVMCICompiler");
    Optional<String> option =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(withoutC2.asMatchPredicate())
            .findFirst();
    option.ifPresent(o -> LOG.info("Plain kernels; {} keeps C2 from compiling vector kernels", o));
    return option.isEmpty();
  }
}
