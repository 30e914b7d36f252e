package org.tapegrad.examples.lessons;

import java.util.List;
import java.util.function.Function;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;

/**
 * A gradient can be right, its gradient too, and the third one wrong without a word.
 *
 * <p>The layer norm of the two values (-t/2, t/2) with eps = 1/4 is -t/sqrt(1 + t²), so all of its
 * derivatives are known: the second is 3t/(1 + t²)^(5/2), the third 3(1 - 4t²)/(1 + t²)^(7/2). At t
 * = 0.7 PyTorch 1.13 is right up to the second. For the third, its layer_norm, instance_norm and
 * batch_norm print 0.02214040594168847, where -0.7132479766449956 is right (its group_norm, and
 * norms composed of means, are right); in another case, -14.86 where -26.43 is right. The backward
 * of these norms is a kernel whose own backward is a kernel, which in turn treats something as
 * constant.
 *
 * <p>Here a gradient that will be differentiated again is always computed by the formula in tensor
 * operations, from the input itself; the kernel is for gradients that end there.
 */
final class ThirdDerivative {
  /** What PyTorch 1.13 (Debian's 1.13.1+dfsg-4) prints for the second and third derivatives. */
  private static final double[] PYTORCH = {0.7749142079590943, 0.02214040594168847};

  private static final double T = 0.7;

  private ThirdDerivative() {}

  static void run() {
    NdArray halves = NdArray.of(new double[] {-0.5, 0.5}, 2);
    Function<Tensor, Tensor> layerNorm =
        t ->
            Norms.layerNorm(t.times(t.tape().constant(halves)), new int[] {2}, null, null, 0.25)
                .slice(0, 0, 1)
                .sum();
    Function<Tensor, Tensor> instanceNorm =
        t ->
            InstanceNorm.instanceNorm1d(
                    t.times(t.tape().constant(halves.reshape(1, 1, 2))), null, null, 0.25)
                .slice(2, 0, 1)
                .sum();
    double second = 3 * T / Math.pow(1 + T * T, 2.5);
    double third = 3 * (1 - 4 * T * T) / Math.pow(1 + T * T, 3.5);
    System.out.printf("  exactly  %.16f, %.16f%n", second, third);
    for (Function<Tensor, Tensor> norm : List.of(layerNorm, instanceNorm)) {
      double ours2 = derivative(norm, 2);
      double ours3 = derivative(norm, 3);
      System.out.printf("  here     %.16f, %.16f%n", ours2, ours3);
      Lessons.check("the second derivative", Math.abs(ours2 - second) < 1e-14);
      Lessons.check("the third derivative", Math.abs(ours3 - third) < 1e-14);
    }
    System.out.printf("  PyTorch  %.16f, %.16f%n", PYTORCH[0], PYTORCH[1]);
    Lessons.check("PyTorch's second is right", Math.abs(PYTORCH[0] - second) < 1e-14);
    Lessons.check("PyTorch's third is not", Math.abs(PYTORCH[1] - third) > 0.7);
  }

  private static double derivative(Function<Tensor, Tensor> f, int order) {
    Function<Tensor, Tensor> derivative = f;
    for (int i = 0; i < order; i++) {
      derivative = Derivatives.grad(derivative);
    }
    return derivative.apply(new Tape().variable(NdArray.scalar(T))).item();
  }
}
