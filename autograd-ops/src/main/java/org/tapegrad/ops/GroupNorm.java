package org.tapegrad.ops;

import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.PlaneGroups;

/**
 * Group normalisation (Wu, He 2018, arXiv:1803.08494): runs of channels of every image to zero mean
 * and unit variance. One channel per group is instance norm, one group is layer norm over (C, H,
 * W).
 */
public final class GroupNorm {
  private GroupNorm() {}

  /**
   * Normalises every group of channels of x[N, C, ...].
   *
   * @param numGroups a divisor of C
   * @param gamma scale [C], null for 1
   * @param beta shift [C], null for 0
   * @param eps added to the variance, inside the square root
   * @throws ShapeException if a shape does not fit, or a group has a single value
   */
  public static Tensor groupNorm(Tensor x, int numGroups, Tensor gamma, Tensor beta, double eps) {
    Checks.given("groupNorm", "x", x);
    if (x.rank() < 2) {
      throw new ShapeException("groupNorm: x must be [N, C, ...], was " + x.value().describe());
    }
    int n = x.size(0);
    int c = x.size(1);
    if (numGroups < 1 || c % numGroups != 0) {
      throw new ShapeException("groupNorm: numGroups must divide C = " + c + ", was " + numGroups);
    }
    int run = n == 0 ? 0 : x.value().size() / (n * numGroups);
    if (run == 1) {
      throw new ShapeException(
          "groupNorm: a group of one value has no variance and would always become beta, x was "
              + x.value().describe());
    }
    PlaneGroups groups = new PlaneGroups(1, n * numGroups, run);
    return PlaneNorm.normalise("groupNorm", x, groups, n, c, gamma, beta, eps, null);
  }
}
