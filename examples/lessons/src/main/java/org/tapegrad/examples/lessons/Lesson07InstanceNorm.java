package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;
import static org.tapegrad.ops.Norms.batchNorm;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** InstanceNorm by hand. Three paths, two sums, one formula. */
final class Lesson07InstanceNorm {
  static double distance(NdArray a, NdArray b) {
    return a.minus(b).abs().max().item();
  }

  static void printPlane(String name, NdArray images) {
    DoubleStream plane = DoubleStream.of(images.toDoubleArray()).limit(6);
    String row = plane.mapToObj("%9.5f"::formatted).collect(Collectors.joining());
    System.out.printf("%-13s%s%n", name, row);
  }

  // dx as MXNet and the NumPy listings have it: first the variance, then the mean, which feeds
  // everything else, then three arrays added. They differ in their axes.

  static NdArray variableByVariable(NdArray x, NdArray g, double eps, int... axes) {
    NdArray centred = x.minus(x.meanKeepDims(axes));
    NdArray r = centred.square().meanKeepDims(axes).plus(eps).pow(-0.5);
    NdArray gVar = g.times(centred).sumKeepDims(axes).times(r.pow(3)).times(-0.5);
    NdArray viaVar = gVar.times(centred).times(-2).meanKeepDims(axes); // zero but for rounding
    NdArray gMean = g.times(r).negate().sumKeepDims(axes).plus(viaVar);
    double m = (double) x.size() / gMean.size();
    return g.times(r).plus(gVar.times(centred).times(2 / m)).plus(gMean.dividedBy(m));
  }

  private Lesson07InstanceNorm() {}

  public static void main(String[] args) {
    // Instance norm takes a plane x of M values, one channel of one image, and takes away its mean
    // and its size. With μ = mean(x), σ² = mean((x - μ)²) and r = 1/√(σ² + ε):
    //
    //     x̂ᵢ = (xᵢ - μ) r        yᵢ = γ x̂ᵢ + β
    //
    // Two images of two channels, and g = dL/dy, which arrives from above. By hand we go through
    // the first plane, six values. ε is as large as 0.5, because a small one hides mistakes.

    double m = 6;
    double eps = 0.5;
    NdArray gammas = NdArray.of(2, -1);
    double[] pixels = {1, 2, 4, 9, 3, 5, 0, 7, 2, 2, 8, 1, 6, 6, 1, 0, 3, 4, 5, 9, 9, 2, 7, 1};
    NdArray images = NdArray.of(pixels, 2, 2, 2, 3);
    NdArray gs = NdArray.normal(DType.FLOAT64, new SplittableRandom(5), 0, 1, 2, 2, 2, 3);
    NdArray x = images.slice(0, 0, 1).slice(1, 0, 1);
    NdArray g = gs.slice(0, 0, 1).slice(1, 0, 1);
    double gamma = gammas.get(0);

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
    printPlane("arrives: g", g);
    printPlane("direct", direct);
    printPlane("through var", throughVariance);
    printPlane("through mu", throughMean);
    printPlane("together", dx);

    // ## Two sums, one formula
    //
    // Put γ r in front and see what is left: two sums over the plane, of g and of g x̂.
    //
    //     dxᵢ = γ r (gᵢ - mean(g) - x̂ᵢ mean(g x̂))

    NdArray twoSums = g.minus(g.mean()).minus(xhat.times(g.times(xhat).mean())).times(gamma * r);
    printPlane("one formula", twoSums);
    check("three paths are one formula", distance(twoSums, dx) < 1e-15);

    // The library's operation is this formula: one pass over the plane for both sums, one for dx.
    // Choose the line of the norm below, and the explorer shows the table above.

    Tape tape = new Tape();
    Tensor xs = tape.variable(images);
    Tensor scale = tape.variable(gammas);
    Tensor y = instanceNorm2d(xs, scale, null, eps);
    List<NdArray> gradients = tape.vjp(List.of(y), List.of(gs), List.of(xs, scale));
    NdArray kernel = gradients.get(0);
    printPlane("the kernel", kernel);
    check("so is the kernel", distance(kernel.slice(0, 0, 1).slice(1, 0, 1), dx) < 1e-14);
    show("two images, normalised", tape.explain(y.times(tape.constant(gs)).sum()));

    // ## Three formulations that people know
    //
    // **PyTorch** takes the four planes for the channels of one image and calls batch norm;
    // **MXNet** takes them for rows, and swaps images and channels to sum for the gradient of γ;
    // the **NumPy** listing that goes around keeps the axes (2, 3).

    Tensor repeated = tape.constant(NdArray.of(2, -1, 2, -1));
    Tensor batch = batchNorm(xs.reshape(1, 4, 2, 3), repeated, null, eps).reshape(2, 2, 2, 3);
    NdArray pytorch = tape.vjp(List.of(batch), List.of(gs), List.of(xs)).get(0);
    NdArray scaled = gs.times(gammas.reshape(2, 1, 1));
    NdArray rows = variableByVariable(images.reshape(4, 6), scaled.reshape(4, 6), eps, 1);
    NdArray mxnet = rows.reshape(2, 2, 2, 3);
    NdArray dGamma = gs.times(y.value()).reshape(2, 2, 6).transpose(1, 0, 2).sum(1, 2);
    NdArray numpy = variableByVariable(images, scaled, eps, 2, 3);
    printPlane("PyTorch", pytorch);
    printPlane("MXNet", mxnet);
    printPlane("NumPy", numpy);
    check("PyTorch's way", distance(pytorch, kernel) < 1e-14);
    check("MXNet's way", distance(mxnet, kernel) < 1e-14);
    check("and of γ", distance(dGamma.dividedBy(gammas), gradients.get(1)) < 1e-14);
    check("the NumPy listing", distance(numpy, kernel) < 1e-14);

    // ## What a norm cannot see
    //
    // The Jacobian of the plane above, 6 by 6, as EJML takes it apart: six directions in which x
    // may change, and how much of each comes out, in units of r (γ = 1).

    Function<Tensor, Tensor> norm = p -> instanceNorm2d(p, null, null, eps);
    var svd = DecompositionFactory_DDRM.svd(6, 6, false, true, false);
    svd.decompose(Derivatives.jacobian(norm, x).reshape(6, 6).toDMatrixRMaj());
    DMatrixRMaj singular = svd.getW(null);
    DMatrixRMaj v = svd.getV(null, true);
    SingularOps_DDRM.descendingOrder(null, false, singular, v, true);
    NdArray directions = NdArray.of(v);
    double[] comesOut = IntStream.range(0, 6).mapToDouble(i -> singular.get(i, i) / r).toArray();
    for (int i = 0; i < 6; i++) {
      printPlane("%.5f of".formatted(comesOut[i]), directions.slice(0, i, i + 1));
    }

    // Four come out whole: what changes neither mean nor size is only scaled. Of the fifth, which
    // is x̂, more contrast, ε/(σ² + ε) survives; without ε nothing would. Of the last, which is
    // equal numbers, more brightness, nothing does. These two are what variance and mean took away,
    // and they are the two sums of the formula.

    check("four are r", Math.abs(comesOut[0] - 1) + Math.abs(comesOut[3] - 1) < 1e-14);
    check("the fifth is ε/(σ² + ε) of r", Math.abs(comesOut[4] - eps / (variance + eps)) < 1e-14);
    check("the last is 0", comesOut[5] < 1e-15);
    double alongXhat = directions.times(xhat.reshape(6)).sum(1).get(4);
    double alongOnes = directions.sum(1).get(5);
    check(
        "the fifth is x̂",
        Math.abs(alongXhat * alongXhat / xhat.square().sum().item() - 1) < 1e-14);
    check("the last is all ones", Math.abs(alongOnes * alongOnes / m - 1) < 1e-14);
  }
}
