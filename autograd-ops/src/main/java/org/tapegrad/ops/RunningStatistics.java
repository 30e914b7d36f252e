package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

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
    Shapes.given("running statistics", "mean", mean);
    Shapes.given("running statistics", "variance", variance);
    if (mean.rank() != 1 || !mean.hasShape(variance.shape())) {
      throw new ShapeException(
          "running statistics: mean and variance must be [C], were "
              + Arrays.toString(mean.shape())
              + " and "
              + Arrays.toString(variance.shape()));
    }
    if (Shapes.given("running statistics", "batches", batches).size() != 1) {
      throw new ShapeException(
          "running statistics: batches must have one element, was " + batches.describe());
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

  /** Takes in the statistics of a batch, averaged over its images; variances with M - 1 for M. */
  void update(GroupStatistics batch, double m, boolean counts) {
    if (counts) {
      batches.set(batches.item() + 1);
    }
    double weight = momentum == null ? 1 / batches.item() : momentum;
    average(mean, overImages(batch.meanOfX()), weight);
    average(variance, overImages(batch.varianceOfX().times(m / (m - 1))), weight);
  }

  private NdArray overImages(NdArray perGroup) {
    int images = perGroup.size() / mean.size();
    return perGroup.reshape(images, mean.size()).sum(0).dividedBy(images);
  }

  private static void average(NdArray running, NdArray batch, double weight) {
    running.assign(running.times(1 - weight).plus(batch.times(weight)));
  }

  /** x normalised with these statistics instead of its own. */
  Tensor normalise(Tensor x, Affine affine, double eps) {
    NdArray deviation = variance.plus(eps).sqrt();
    Tensor xhat =
        affine
            .view(x)
            .minus(x.tape().constant(mean.reshape(mean.size(), 1)))
            .dividedBy(x.tape().constant(deviation.reshape(mean.size(), 1)));
    return affine.shift(affine.scale(xhat)).reshape(x.shape());
  }

  /** Refuses statistics of other channels or another type than x; null is none. */
  static void check(String op, Tensor x, int c, RunningStatistics running) {
    if (running != null && (!running.mean.hasShape(c) || running.mean.dtype() != x.dtype())) {
      throw new ShapeException(
          "%s: running statistics must be %s[C] = [%d], were %s"
              .formatted(op, x.dtype(), c, running.mean.describe()));
    }
  }
}
