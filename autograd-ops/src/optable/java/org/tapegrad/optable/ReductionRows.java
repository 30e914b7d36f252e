package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;
import static org.tapegrad.optable.OpCase.awayFromZero;
import static org.tapegrad.optable.OpCase.positive;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Reductions;
import org.tapegrad.ops.Selection;
import org.tapegrad.ops.Variance;
import org.tapegrad.ops.VectorNorm;
import org.tapegrad.optable.OpCase.Input;

/** Reductions over axes, and choices between elements. */
final class ReductionRows {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final NdArray CONDITION = NdArray.of(new double[] {1, 0, 0, 2, 0, 1}, 2, 3);

  private ReductionRows() {}

  private static OpCase one(String op, String variant, UnaryOperator<Tensor> f, Input input) {
    return OpCase.of(op, variant, xs -> f.apply(xs.get(0)), input);
  }

  private static OpCase norm(String variant, double p, Input input, int... axes) {
    return one("VectorNorm.norm", variant, x -> VectorNorm.norm(x, p, axes), input);
  }

  static List<OpCase> rows() {
    return List.of(
        one("Selection.clamp", "", x -> Selection.clamp(x, -0.7, 0.9), any(2, 5)),
        one("Selection.clamp", "inside", x -> Selection.clamp(x, -3, INFINITY), any(5)),
        OpCase.of(
            "Selection.where",
            "",
            xs -> Selection.where(CONDITION, xs.get(0), xs.get(1)),
            any(2, 3),
            any(2, 3)),
        OpCase.of(
            "Selection.where",
            "broadcast",
            xs -> Selection.where(CONDITION.to(DType.FLOAT32), xs.get(0), xs.get(1)),
            any(4, 1, 1),
            any(3)),
        one("Reductions.amax", "", x -> Reductions.amax(x), any(2, 3)),
        one("Reductions.amax", "axes", x -> Reductions.amax(x, -1, 0), any(2, 3, 4)),
        one("Reductions.amin", "", x -> Reductions.amin(x, 1), any(2, 3, 4)),
        one("Reductions.amin", "keepDims", x -> Reductions.amin(x, new int[] {0}, true), any(4, 2)),
        one("Reductions.logSumExp", "", x -> Reductions.logSumExp(x), any(2, 3)).toOrder(3),
        one(
            "Reductions.logSumExp",
            "keepDims",
            x -> Reductions.logSumExp(x, new int[] {0, 2}, true),
            any(2, 3, 4)),
        one("Reductions.prod", "", x -> Reductions.prod(x), any(7)).toOrder(3),
        one("Reductions.prod", "axes", x -> Reductions.prod(x, 2, 0), any(2, 3, 3)),
        one("Reductions.cumsum", "", x -> Reductions.cumsum(x, 0), any(5)),
        one("Reductions.cumsum", "middle", x -> Reductions.cumsum(x, -2), any(2, 7, 3)),
        one("Variance.var", "", x -> Variance.var(x), any(2, 3)),
        one("Variance.var", "axes", x -> Variance.var(x, new int[] {2, 0}, 0, true), any(2, 3, 4)),
        one("Variance.std", "", x -> Variance.std(x, 1), any(2, 5)),
        one("Variance.std", "correction", x -> Variance.std(x, new int[0], 2.5, true), any(7)),
        norm("", 2, any(2, 3, 4), 0, -1),
        norm("1", 1, awayFromZero(2, 5)),
        norm("3", 3, any(5, 2), 0),
        norm("below 1", 0.5, positive(2, 3), 1),
        norm("negative", -1.5, positive(2, 3)),
        one("VectorNorm.norm", "largest", x -> VectorNorm.norm(x, INFINITY, 1), any(2, 5)),
        one("VectorNorm.norm", "smallest", x -> VectorNorm.norm(x, -INFINITY), any(3)));
  }
}
