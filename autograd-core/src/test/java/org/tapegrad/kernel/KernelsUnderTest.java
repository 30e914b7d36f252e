package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;

/** Every implementation of a kernel that this Java runtime can load, in both precisions. */
final class KernelsUnderTest {
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  /** A matrix product and the type of its arrays. */
  record Product<A>(Precision<A> precision, MatrixProduct<A> kernel) {
    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  /** A convolution and the type of its arrays. */
  record Convolver<A>(Precision<A> precision, Convolution<A> kernel) {
    @Override
    public String toString() {
      return kernel.getClass().getSimpleName();
    }
  }

  private KernelsUnderTest() {}

  static List<Product<?>> products() {
    List<Product<?>> cases = new ArrayList<>();
    cases.add(new Product<>(Precision.F64, new PlainMatrixProductF64()));
    cases.add(new Product<>(Precision.F32, new PlainMatrixProductF32()));
    if (VECTORS) {
      cases.add(new Product<>(Precision.F64, new VectorMatrixProductF64()));
      cases.add(new Product<>(Precision.F32, new VectorMatrixProductF32()));
    }
    return cases;
  }

  static List<Convolver<?>> convolutions() {
    List<Convolver<?>> cases = new ArrayList<>();
    cases.add(new Convolver<>(Precision.F64, new PlainConvolutionF64()));
    cases.add(new Convolver<>(Precision.F32, new PlainConvolutionF32()));
    if (VECTORS) {
      cases.add(new Convolver<>(Precision.F64, new VectorConvolutionF64()));
      cases.add(new Convolver<>(Precision.F32, new VectorConvolutionF32()));
    }
    return cases;
  }

  static List<Convolver<?>> winograds() {
    List<Convolver<?>> cases = new ArrayList<>();
    assumeTrue(VECTORS, "plain kernels have no Winograd's method");
    if (VectorTileF64.LANES >= 4) {
      cases.add(new Convolver<>(Precision.F64, new VectorWinogradF64()));
    }
    cases.add(new Convolver<>(Precision.F32, new VectorWinogradF32()));
    return cases;
  }
}
