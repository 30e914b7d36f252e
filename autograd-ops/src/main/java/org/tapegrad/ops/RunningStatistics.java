package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/**
 * Running averages of the statistics of a norm, updated in place while training and used instead of
 * the input's own at evaluation.
 *
 * @param mean running mean [C]
 * @param variance running unbiased variance [C]
 * @param batches the number of batches averaged so far, of one element; as in PyTorch, instance
 *     norm only counts them for the plain average
 * @param momentum the weight of a new batch in [0, 1]; null for the plain average over all batches
 */
public record RunningStatistics(NdArray mean, NdArray variance, NdArray batches, Double momentum) {
  /** PyTorch's momentum. */
  public static final double DEFAULT_MOMENTUM = 0.1;

  /** Checks shapes and range. */
  public RunningStatistics {
    if (mean.rank() != 1 || !mean.hasShape(variance.shape())) {
      throw new ShapeException(
          "running statistics: mean and variance must be [C], were "
              + Arrays.toString(mean.shape())
              + " and "
              + Arrays.toString(variance.shape()));
    }
    if (momentum != null && !(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "running statistics: momentum must be in [0, 1], was " + momentum);
    }
  }

  /** Mean 0 and variance 1 for the given number of channels. */
  public static RunningStatistics initial(DType dtype, int channels, Double momentum) {
    return new RunningStatistics(
        NdArray.zeros(dtype, channels),
        NdArray.ones(dtype, channels),
        NdArray.zeros(DType.FLOAT64),
        momentum);
  }

  /** Counts a batch, before its statistics are taken in. */
  void countBatch() {
    batches.set(batches.item() + 1);
  }

  /** Takes in the statistics of one batch, both [C]. */
  void update(NdArray batchMean, NdArray unbiasedVariance) {
    double weight = momentum == null ? 1 / batches.item() : momentum;
    average(mean, batchMean, weight);
    average(variance, unbiasedVariance, weight);
  }

  private static void average(NdArray running, NdArray batch, double weight) {
    running.assign(running.times(1 - weight).plus(batch.times(weight)));
  }
}
