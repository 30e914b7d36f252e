package org.tapegrad.optable;

import java.util.List;
import java.util.stream.Stream;

/** Every public differentiable operation, at least one row each. */
public final class OpTable {
  private OpTable() {}

  /** All rows. */
  public static List<OpCase> rows() {
    return Stream.of(
            TensorRows.rows(),
            PointwiseRows.rows(),
            ReductionRows.rows(),
            LossRows.rows(),
            NormRows.rows(),
            SpatialRows.rows())
        .flatMap(List::stream)
        .toList();
  }
}
