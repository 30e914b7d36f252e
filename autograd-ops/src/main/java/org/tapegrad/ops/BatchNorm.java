package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.PlaneGroups;

/**
 * Batch normalisation (Ioffe, Szegedy 2015, arXiv:1502.03167): every channel to zero mean and unit
 * variance over all images. The gradient is that of {@link InstanceNorm} with the means taken over
 * all planes of a channel.
 */
public final class BatchNorm {
  private BatchNorm() {}

  /** In training, without running statistics. */
  public static Tensor batchNorm(Tensor x, Tensor gamma, Tensor beta, double eps) {
    return batchNorm(x, gamma, beta, eps, null, true);
  }

  /**
   * Normalises every channel of x[N, C, ...].
   *
   * @param gamma scale [C], null for 1
   * @param beta shift [C], null for 0
   * @param eps added to the variance, inside the square root
   * @param running takes in mean and unbiased variance in training, and is used instead of the
   *     input's statistics otherwise; null for none
   * @throws ShapeException if a shape does not fit, or a channel has a single value in training
   */
  public static Tensor batchNorm(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean training) {
    Checks.given("batchNorm", "x", x);
    if (x.rank() < 2) {
      throw new ShapeException("batchNorm: x must be [N, C, ...], was " + x.value().describe());
    }
    int n = x.size(0);
    int c = x.size(1);
    PlaneNorm.checkRunning("batchNorm", x, c, running);
    if (!training) {
      if (running == null) {
        throw new IllegalArgumentException("batchNorm: evaluation needs running statistics");
      }
      return PlaneNorm.withStatistics("batchNorm", x, n, c, gamma, beta, eps, running);
    }
    int plane = n * c == 0 ? 0 : x.value().size() / (n * c);
    if (n * plane == 1) {
      throw new ShapeException(
          "batchNorm: a channel of one value has no variance and would always become beta, x was "
              + x.value().describe());
    }
    if (running != null) {
      running.countBatch();
    }
    PlaneGroups channels = new PlaneGroups(n, c, plane);
    return PlaneNorm.normalise("batchNorm", x, channels, n, c, gamma, beta, eps, running);
  }
}
