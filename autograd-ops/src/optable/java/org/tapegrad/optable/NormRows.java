package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;

import java.util.List;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;
import org.tapegrad.ops.RunningStatistics;
import org.tapegrad.ops.StyleNorm;

/** Normalisation. */
final class NormRows {
  private static final double EPS = 0.5;

  private NormRows() {}

  private static Tensor layerNorm(Tensor x, int[] shape, Tensor gamma, Tensor beta) {
    return Norms.layerNorm(x, shape, gamma, beta, EPS);
  }

  private static RunningStatistics running(List<Tensor> xs) {
    DType dtype = xs.get(0).dtype();
    return new RunningStatistics(
        NdArray.of(new double[] {0.3, -1}, 2).to(dtype),
        NdArray.of(new double[] {2, 0.7}, 2).to(dtype),
        NdArray.zeros(dtype),
        0.1);
  }

  static List<OpCase> rows() {
    return List.of(
        OpCase.of(
                "InstanceNorm.instanceNorm2d",
                "affine",
                xs -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), EPS),
                any(2, 3, 4, 5),
                any(3),
                any(3))
            .toOrder(3),
        OpCase.of(
            "InstanceNorm.instanceNorm2d",
            "conditional",
            xs -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2)),
            any(2, 3, 3, 1),
            any(2, 3),
            any(2, 3)),
        OpCase.of(
            "InstanceNorm.instanceNorm2d",
            "beta alone",
            xs -> InstanceNorm.instanceNorm2d(xs.get(0), null, xs.get(1), EPS),
            any(1, 2, 1, 7),
            any(2)),
        OpCase.of(
            "InstanceNorm.instanceNorm2d",
            "unbatched",
            xs -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), null, EPS),
            any(2, 3, 3),
            any(2)),
        OpCase.of(
            "InstanceNorm.instanceNorm1d",
            "",
            xs -> InstanceNorm.instanceNorm1d(xs.get(0), xs.get(1), xs.get(2), EPS),
            any(2, 3, 5),
            any(3),
            any(3)),
        OpCase.of(
            "InstanceNorm.instanceNorm3d",
            "",
            xs -> InstanceNorm.instanceNorm3d(xs.get(0), xs.get(1), xs.get(2), EPS),
            any(1, 2, 3, 1, 5),
            any(2),
            any(2)),
        OpCase.of(
                "Norms.batchNorm",
                "training",
                xs -> Norms.batchNorm(xs.get(0), xs.get(1), xs.get(2), EPS),
                any(3, 2, 4),
                any(2),
                any(2))
            .toOrder(3),
        OpCase.of(
            "Norms.batchNorm",
            "evaluation",
            xs -> Norms.batchNorm(xs.get(0), xs.get(1), xs.get(2), EPS, running(xs), false),
            any(3, 2, 4),
            any(2),
            any(2)),
        OpCase.of(
                "Norms.groupNorm",
                "",
                xs -> Norms.groupNorm(xs.get(0), 2, xs.get(1), xs.get(2), EPS),
                any(2, 4, 3, 2),
                any(4),
                any(4))
            .toOrder(3),
        OpCase.of(
            "Norms.groupNorm",
            "without planes",
            xs -> Norms.groupNorm(xs.get(0), 2, xs.get(1), null, EPS),
            any(2, 6),
            any(6)),
        OpCase.of(
                "Norms.layerNorm",
                "",
                xs -> layerNorm(xs.get(0), new int[] {5}, xs.get(1), xs.get(2)),
                any(2, 3, 5),
                any(5),
                any(5))
            .toOrder(3),
        OpCase.of(
            "Norms.layerNorm",
            "two axes, gamma alone",
            xs -> layerNorm(xs.get(0), new int[] {3, 4}, xs.get(1), null),
            any(3, 3, 4),
            any(3, 4)),
        OpCase.of(
                "Norms.rmsNorm",
                "",
                xs -> Norms.rmsNorm(xs.get(0), new int[] {5}, xs.get(1), EPS),
                any(2, 3, 5),
                any(5))
            .toOrder(3),
        OpCase.of(
            "Norms.rmsNorm",
            "one value",
            xs -> Norms.rmsNorm(xs.get(0), new int[] {1}, null, EPS),
            any(4, 1)),
        OpCase.of(
            "StyleNorm.adaptiveInstanceNorm",
            "",
            xs -> StyleNorm.adaptiveInstanceNorm(xs.get(0), xs.get(1), EPS),
            any(2, 2, 3, 3),
            any(2, 2, 2, 4)),
        OpCase.of(
            "StyleNorm.conditionalInstanceNorm",
            "",
            xs ->
                StyleNorm.conditionalInstanceNorm(xs.get(0), xs.get(1), xs.get(2), xs.get(3), EPS),
            any(3, 2, 3, 2),
            any(4, 2),
            any(4, 2),
            any(3, 4)));
  }
}
