package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;

import java.util.List;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;

/** InstanceNorm by hand. Three paths, two sums, one formula. */
final class Lesson07InstanceNorm {
  static double distance(NdArray a, NdArray b) {
    return a.minus(b).abs().max().item();
  }

  static void print(String name, NdArray plane) {
    System.out.printf("%-16s", name);
    for (double v : plane.toDoubleArray()) {
      System.out.printf("%9.5f", v);
    }
    System.out.println();
  }

  private Lesson07InstanceNorm() {}

  public static void main(String[] args) {
    // Instance norm takes a plane x of M values (one channel of one image) and removes its mean and
    // its size. With μ = mean(x), σ² = mean((x - μ)²) and r = 1/√(σ² + ε):
    //
    //     x̂ᵢ = (xᵢ - μ) r        yᵢ = γ x̂ᵢ + β
    //
    // The ε here is large, 0.5, because a small one hides mistakes. The plane has six values, and
    // g = dL/dy is what arrives from above.

    int m = 6;
    double eps = 0.5;
    double gamma = 2;
    NdArray x = NdArray.of(new double[] {1, 2, 4, 9, 3, 5}, m);
    NdArray g = NdArray.of(new double[] {0.3, -1, 0.5, 0.2, 0.8, -0.4}, m);

    double mu = x.mean().item();
    NdArray centred = x.minus(mu);
    double variance = centred.square().mean().item();
    double r = 1 / Math.sqrt(variance + eps);
    NdArray xhat = centred.times(r);
    System.out.printf("mu = %.5f, variance = %.5f, r = %.5f%n", mu, variance, r);

    // ## Three paths
    //
    // xᵢ reaches the loss in three ways: directly, through the mean, and through the variance. Go
    // backwards along each. The variance first, then the mean, which feeds everything:
    //
    //     direct        gᵢ γ r
    //     through σ²    dL/dσ² · 2 (xᵢ - μ)/M      dL/dσ² = Σ gⱼ γ (xⱼ - μ) · (-½) r³
    //     through μ     dL/dμ / M                  dL/dμ  = -r Σ gⱼ γ

    double toVariance = g.times(gamma).times(centred).sum().item() * -0.5 * r * r * r;
    double toMean = -r * g.times(gamma).sum().item();
    NdArray direct = g.times(gamma * r);
    NdArray throughVariance = centred.times(toVariance * 2 / m);
    NdArray throughMean = NdArray.full(DType.FLOAT64, toMean / m, m);
    NdArray paths = direct.plus(throughVariance).plus(throughMean);
    print("g", g);
    print("direct", direct);
    print("through var", throughVariance);
    print("through mu", throughMean);
    print("together", paths);

    // ## Two sums, one formula
    //
    // Put r and γ in front, and only two sums over the plane are left: of g and of g·x̂.
    //
    //     dxᵢ = γ r (gᵢ - mean(g) - x̂ᵢ mean(g x̂))

    double meanG = g.mean().item();
    double meanGXhat = g.times(xhat).mean().item();
    NdArray formula = g.minus(meanG).minus(xhat.times(meanGXhat)).times(gamma * r);
    print("one formula", formula);
    check("three paths are one formula", distance(paths, formula) < 1e-15);

    // The fused operation of the library, whose kernel makes one pass for the sums, one for dx:

    Tape tape = new Tape();
    Tensor image = tape.variable(x.reshape(1, 1, 2, 3));
    Tensor scale = tape.constant(NdArray.of(new double[] {gamma}, 1));
    Tensor y = InstanceNorm.instanceNorm2d(image, scale, null, eps);
    List<NdArray> kernel =
        tape.vjp(List.of(y), List.of(g.reshape(1, 1, 2, 3)), List.of(image));
    print("the kernel", kernel.get(0));
    check("the kernel agrees", distance(kernel.get(0).reshape(m), formula) < 1e-15);

    // ## Three formulations that people know
    //
    // **PyTorch** has no backward of its own for this: it takes the planes of all images for
    // channels of one image and batch-normalises that.

    Tensor oneImage = image.reshape(1, 1, 2, 3);
    Tensor batch = Norms.batchNorm(oneImage, scale, tape.constant(NdArray.zeros(DType.FLOAT64, 1)), eps);
    NdArray pytorch = tape.vjp(List.of(batch), List.of(g.reshape(1, 1, 2, 3)), List.of(image)).get(0);
  }
}
