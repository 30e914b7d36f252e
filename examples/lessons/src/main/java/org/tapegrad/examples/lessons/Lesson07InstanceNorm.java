package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;
import static org.tapegrad.ops.Norms.batchNorm;

import java.util.List;
import java.util.function.Function;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** InstanceNorm by hand. Three paths, two sums, one formula. */
final class Lesson07InstanceNorm {
  static double print(String name, NdArray plane, NdArray expected) {
    System.out.printf("%-13s", name);
    for (double v : plane.toDoubleArray()) {
      System.out.printf("%9.5f", v);
    }
    System.out.println();
    return plane.minus(expected).abs().max().item();
  }

  private Lesson07InstanceNorm() {}

  public static void main(String[] args) {
    // Instance norm takes a plane x of M values, one channel of one image, and takes away its mean
    // and its size. With μ = mean(x), σ² = mean((x - μ)²) and r = 1/√(σ² + ε):
    //
    //     x̂ᵢ = (xᵢ - μ) r        yᵢ = γ x̂ᵢ + β
    //
    // Here the plane has six values, g = dL/dy is what arrives from above, and ε is as large as
    // 0.5, because a small one hides mistakes.

    double m = 6;
    double eps = 0.5;
    double gamma = 2;
    NdArray x = NdArray.of(new double[] {1, 2, 4, 9, 3, 5}, 1, 1, 2, 3);
    NdArray g = NdArray.of(new double[] {0.3, -1, 0.5, 0.2, 0.8, -0.4}, 1, 1, 2, 3);

    NdArray centred = x.minus(x.mean());
    double variance = centred.square().mean().item();
    double r = 1 / Math.sqrt(variance + eps);
    NdArray xhat = centred.times(r);
    System.out.printf("mu %.5f, variance %.5f, r %.5f%n", x.mean().item(), variance, r);

    // ## Three paths
    //
    // xᵢ reaches the loss directly, through the variance, and through the mean. Walk back along
    // each. First the variance, then the mean, which feeds everything else:
    //
    // | path | to xᵢ | with |
    // | --- | --- | --- |
    // | direct | gᵢ γ r | |
    // | through σ² | dL/dσ² · 2 (xᵢ - μ)/M | dL/dσ² = Σ gⱼ γ (xⱼ - μ) · (-½) r³ |
    // | through μ | dL/dμ / M | dL/dμ = -r Σ gⱼ γ + dL/dσ² · (-2/M) Σ (xⱼ - μ), the last sum is 0 |

    double dVariance = g.times(centred).sum().item() * gamma * -0.5 * r * r * r;
    double dMean = -r * gamma * g.sum().item();
    NdArray direct = g.times(gamma * r);
    NdArray throughVariance = centred.times(dVariance * 2 / m);
    NdArray throughMean = x.zerosLike(x.shape()).plus(dMean / m);
    NdArray dx = direct.plus(throughVariance).plus(throughMean);
    print("arrives: g", g, dx);
    print("direct", direct, dx);
    print("through var", throughVariance, dx);
    print("through mu", throughMean, dx);
    print("together", dx, dx);

    // ## Two sums, one formula
    //
    // Put γ r in front and see what is left: two sums over the plane, of g and of g x̂.
    //
    //     dxᵢ = γ r (gᵢ - mean(g) - x̂ᵢ mean(g x̂))

    NdArray twoSums = g.minus(g.mean()).minus(xhat.times(g.times(xhat).mean())).times(gamma * r);
    check("three paths are one formula", print("one formula", twoSums, dx) < 1e-15);

    // The library's operation is this formula: one pass over the plane for both sums, one for dx.
    // Choose the line of the norm below, and the explorer shows the table above.

    Tape tape = new Tape();
    Tensor image = tape.variable(x);
    Tensor scale = tape.constant(NdArray.of(gamma));
    Tensor y = instanceNorm2d(image, scale, null, eps);
    NdArray kernel = tape.vjp(List.of(y), List.of(g), List.of(image)).get(0);
    check("so is the kernel", print("kernel", kernel, dx) < 1e-15);
    show("a plane, normalised", tape.explain(y.times(tape.constant(g)).sum()));

    // ## Three formulations that people know
    //
    // **PyTorch** makes the planes of all images the channels of one, [1, N·C, H, W], and calls
    // batch norm. **MXNet** takes the planes as rows and computes the gradients of variance and
    // mean
    // one after the other, then adds three arrays. The **NumPy** listing that goes around keeps the
    // axes (2, 3), and the second term of dL/dμ, which is zero.

    Tensor asChannels = image.reshape(1, 1, 2, 3);
    Tensor batch = batchNorm(asChannels, scale, tape.constant(NdArray.of(0)), eps);
    NdArray pytorch = tape.vjp(List.of(batch), List.of(g), List.of(image)).get(0);

    NdArray rows = x.reshape(1, 6).minus(x.mean());
    NdArray gRows = g.reshape(1, 6).times(gamma);
    NdArray gVar = gRows.times(rows).sum(1).times(-0.5 * Math.pow(variance + eps, -1.5));
    NdArray gMean = gRows.sum(1).times(-r).plus(gVar.times(rows.sum(1)).times(-2 / m));
    NdArray mxnet =
        gRows
            .times(r)
            .plus(rows.times(gVar).times(2 / m))
            .plus(gMean.dividedBy(m))
            .reshape(x.shape());

    NdArray xMinusMean = x.minus(x.meanKeepDims(2, 3));
    NdArray inverse = xMinusMean.square().meanKeepDims(2, 3).plus(eps).pow(-0.5);
    NdArray dNorm = g.times(gamma);
    NdArray dVar = dNorm.times(xMinusMean).sumKeepDims(2, 3).times(-0.5).times(inverse.pow(3));
    NdArray dMu =
        dNorm
            .times(inverse.negate())
            .sumKeepDims(2, 3)
            .plus(dVar.times(xMinusMean.times(-2).meanKeepDims(2, 3)));
    NdArray numpy =
        dNorm.times(inverse).plus(dVar.times(xMinusMean.times(2 / m))).plus(dMu.dividedBy(m));

    check("PyTorch's way", print("PyTorch", pytorch, dx) < 1e-15);
    check("MXNet's way", print("MXNet", mxnet, dx) < 1e-15);
    check("the NumPy listing", print("NumPy", numpy, dx) < 1e-15);

    // ## What a norm cannot see
    //
    // The Jacobian of the plane, 6 by 6 (with γ = 1), its singular values, and the change of
    // x that each belongs to, by EJML:

    Function<Tensor, Tensor> norm = p -> instanceNorm2d(p, null, null, eps);
    var svd = DecompositionFactory_DDRM.svd(6, 6, true, true, false);
    svd.decompose(Derivatives.jacobian(norm, x).reshape(6, 6).toDMatrixRMaj());
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj w = svd.getW(null);
    DMatrixRMaj v = svd.getV(null, false);
    SingularOps_DDRM.descendingOrder(u, false, w, v, false);
    for (int i = 0; i < 6; i++) {
      print(
          "%.5f r".formatted(w.get(i, i) / r), NdArray.of(v).slice(1, i, i + 1), NdArray.scalar(0));
    }

    // Four of them are r: what changes neither mean nor size is only scaled. The fifth belongs to
    // more of x̂, more contrast; ε/(σ² + ε) of it survives, and nothing would without ε. The last
    // is
    // 0 and belongs to six equal numbers, more brightness. These two directions are what variance
    // and mean took away, and they are the two sums of the formula.

    check(
        "four are r",
        Math.abs(w.get(0, 0) / r - 1) < 1e-14 && Math.abs(w.get(3, 3) / r - 1) < 1e-14);
    check(
        "the fifth is ε/(σ² + ε) of r", Math.abs(w.get(4, 4) / r - eps / (variance + eps)) < 1e-14);
    check("the last is 0", w.get(5, 5) < 1e-15);
    NdArray last = NdArray.of(v).slice(1, 4, 6);
    double contrast =
        xhat.reshape(1, 6).matmul(last).get(0, 0) / Math.sqrt(xhat.square().sum().item());
    double brightness = last.sum(0).get(1) / Math.sqrt(m);
    check("the fifth direction is x̂", Math.abs(Math.abs(contrast) - 1) < 1e-14);
    check("the last is all ones", Math.abs(Math.abs(brightness) - 1) < 1e-14);
  }
}
