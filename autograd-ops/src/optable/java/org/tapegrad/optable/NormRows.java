package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;

import java.util.List;
import org.tapegrad.ops.InstanceNorm;

/** Normalisation. */
final class NormRows {
  private static final double EPS = 0.5;

  private NormRows() {}

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
            any(2)));
  }
}
