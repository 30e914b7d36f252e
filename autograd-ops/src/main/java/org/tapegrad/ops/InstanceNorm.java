package org.tapegrad.ops;

import java.util.List;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.PlaneGroups;

/**
 * Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022): every plane of every image to
 * zero mean and unit variance, then scaled and shifted per channel.
 *
 * <p>For one plane of M = H·W values, with mu = mean(x), var = mean((x - mu)²), r = 1/sqrt(var +
 * eps), xhat = (x - mu)·r, y = gamma·xhat + beta and g = dL/dy, x_i acts on the loss in three ways:
 *
 * <pre>
 * direct           g_i·gamma·r
 * through var      dL/dvar · 2(x_i - mu)/M,   dL/dvar = -1/2·r³·gamma·sum_j g_j(x_j - mu)
 * through mu       dL/dmu / M,                dL/dmu  = -r·gamma·sum_j g_j
 * </pre>
 *
 * (what mu does through var is zero, as sum_j (x_j - mu) = 0). Their sum is
 *
 * <pre>
 * dx_i = gamma·r·(g_i - mean(g) - xhat_i·mean(g·xhat))
 * </pre>
 *
 * in which only sum(g) and sum(g·(x - mu)) are sums over the plane: one pass for them, one for dx.
 * The same two sums give dbeta = sum(g) and dgamma = r·sum(g·(x - mu)), gathered over the batch.
 */
public final class InstanceNorm {
  /** The eps of PyTorch. */
  public static final double DEFAULT_EPS = 1e-5;

  private InstanceNorm() {}

  /** {@link #instanceNorm2d(Tensor, Tensor, Tensor, double)} with eps = 1e-5. */
  public static Tensor instanceNorm2d(Tensor x, Tensor gamma, Tensor beta) {
    return instanceNorm2d(x, gamma, beta, DEFAULT_EPS);
  }

  /**
   * Normalises every plane of x[N, C, H, W] or x[C, H, W].
   *
   * @param gamma scale [C] or [N, C], null for 1
   * @param beta shift [C] or [N, C], null for 0
   * @param eps added to the variance, inside the square root
   * @throws ShapeException if a shape does not fit, or a plane has a single value
   */
  public static Tensor instanceNorm2d(Tensor x, Tensor gamma, Tensor beta, double eps) {
    return instanceNorm("instanceNorm2d", 2, x, gamma, beta, eps, null, true);
  }

  /**
   * As {@link #instanceNorm2d(Tensor, Tensor, Tensor, double)}, with running statistics.
   *
   * @param running takes in the mean over the images of mean and unbiased variance; null for none
   * @param useInputStats false to normalise with the running statistics instead, leaving them alone
   */
  public static Tensor instanceNorm2d(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    return instanceNorm("instanceNorm2d", 2, x, gamma, beta, eps, running, useInputStats);
  }

  /** As {@link #instanceNorm2d(Tensor, Tensor, Tensor, double)}, of x[N, C, L] or x[C, L]. */
  public static Tensor instanceNorm1d(Tensor x, Tensor gamma, Tensor beta, double eps) {
    return instanceNorm("instanceNorm1d", 1, x, gamma, beta, eps, null, true);
  }

  /** {@link #instanceNorm1d(Tensor, Tensor, Tensor, double)} with running statistics. */
  public static Tensor instanceNorm1d(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    return instanceNorm("instanceNorm1d", 1, x, gamma, beta, eps, running, useInputStats);
  }

  /**
   * As {@link #instanceNorm2d(Tensor, Tensor, Tensor, double)}, of x[N, C, D, H, W] or unbatched.
   */
  public static Tensor instanceNorm3d(Tensor x, Tensor gamma, Tensor beta, double eps) {
    return instanceNorm("instanceNorm3d", 3, x, gamma, beta, eps, null, true);
  }

  /** {@link #instanceNorm3d(Tensor, Tensor, Tensor, double)} with running statistics. */
  public static Tensor instanceNorm3d(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    return instanceNorm("instanceNorm3d", 3, x, gamma, beta, eps, running, useInputStats);
  }

  private static Tensor instanceNorm(
      String op,
      int spatial,
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats) {
    Shapes.given(op, "x", x);
    if (x.rank() != spatial + 1 && x.rank() != spatial + 2) {
      String axes = List.of("L", "H, W", "D, H, W").get(spatial - 1);
      throw new ShapeException(
          op
              + ": x must be [N, C, "
              + axes
              + "] or [C, "
              + axes
              + "], was "
              + x.value().describe());
    }
    int n = x.rank() == spatial + 2 ? x.size(0) : 1;
    int c = x.size(-spatial - 1);
    Checks.eps(op, eps);
    RunningStatistics.check(op, x, c, running);
    Affine affine = Affine.perChannel(op, x, n, c, gamma, beta);
    if (!useInputStats) {
      if (running == null) {
        throw new IllegalArgumentException(
            op + ": without useInputStats it needs running statistics");
      }
      return running.normalise(x, affine, eps);
    }
    int plane = 1;
    for (int d = 1; d <= spatial; d++) {
      plane *= x.size(-d);
    }
    Checks.variance(op, "a plane of one value", plane, x.value().describe());
    boolean counts = running != null && running.momentum() == null;
    PlaneGroups planes = new PlaneGroups(1, n * c, plane);
    return new Normalization(x, planes, true, eps, affine).record(op, "", running, counts);
  }
}
