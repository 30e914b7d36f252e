package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;

import java.util.List;
import java.util.function.BinaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.LinearAlgebra;
import org.tapegrad.ops.Losses;
import org.tapegrad.ops.Reduction;
import org.tapegrad.optable.OpCase.Input;

/** Losses, and the linear systems. */
final class LossRows {
  private static final Input TARGET = new Input(3, 4, 2, 3);

  private LossRows() {}

  private static OpCase loss(String op, String variant, BinaryOperator<Tensor> f) {
    return OpCase.of(
        "Losses." + op, variant, xs -> f.apply(xs.get(0), xs.get(1)), any(2, 3), TARGET);
  }

  private static OpCase crossEntropy(String variant, double smoothing, Reduction reduction) {
    return OpCase.of(
        "Losses.crossEntropy",
        variant,
        xs -> Losses.crossEntropy(xs.get(0), new int[] {2, 0, 2}, smoothing, reduction),
        any(3, 4));
  }

  static List<OpCase> rows() {
    return List.of(
        loss("meanSquaredError", "", Losses::meanSquaredError),
        loss("meanSquaredError", "none", (x, t) -> Losses.meanSquaredError(x, t, Reduction.NONE)),
        loss("l1", "", Losses::l1),
        loss("l1", "sum", (x, t) -> Losses.l1(x, t, Reduction.SUM)),
        loss("huber", "linear", (x, t) -> Losses.huber(x, t, 0.4)),
        loss("huber", "square", (x, t) -> Losses.huber(x, t, 10, Reduction.NONE)),
        loss("smoothL1", "", Losses::smoothL1),
        loss("smoothL1", "square", (x, t) -> Losses.smoothL1(x, t, 10, Reduction.NONE)),
        loss("smoothL1", "absolute", (x, t) -> Losses.smoothL1(x, t, 0, Reduction.SUM)),
        OpCase.of("Losses.crossEntropy", "", xs -> Losses.crossEntropy(xs.get(0), 1, 0), any(2, 3)),
        crossEntropy("none", 0, Reduction.NONE),
        crossEntropy("smoothing", 0.2, Reduction.SUM),
        OpCase.of(
            "Losses.totalVariation",
            "",
            xs -> Losses.totalVariation(xs.get(0).plus(steps(xs.get(0)))),
            any(1, 2, 3, 4)),
        OpCase.of(
            "Losses.totalVariation",
            "squares",
            xs -> Losses.totalVariation(xs.get(0), 2, Reduction.MEAN),
            any(2, 3, 4)),
        OpCase.of(
            "LinearAlgebra.solve",
            "",
            xs -> LinearAlgebra.solve(xs.get(0), xs.get(1)),
            any(3, 3),
            any(3, 2)),
        OpCase.of("LinearAlgebra.inverse", "", xs -> LinearAlgebra.inverse(xs.get(0)), any(3, 3)));
  }

  /** Steps of ten between neighbours, so that no difference is near the kink at zero. */
  private static Tensor steps(Tensor x) {
    int w = x.size(-1);
    double[] steps = new double[x.value().size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = 10 * (i % w + i / w % 2);
    }
    return x.tape().constant(NdArray.of(steps, x.shape()).to(x.dtype()));
  }
}
