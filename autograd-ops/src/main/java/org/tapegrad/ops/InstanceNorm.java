package org.tapegrad.ops;

import java.util.List;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
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

  /**
   * The derivation above with numbers, in the words of its formulas: what each x_i of one plane
   * does to the loss, in three ways.
   *
   * @param mean mu
   * @param variance var
   * @param r 1/sqrt(var + eps)
   * @param sumG sum_j g_j
   * @param sumGDeviation sum_j g_j(x_j - mu)
   * @param direct g_i·gamma·r, in the shape of x
   * @param throughVar dL/dvar · 2(x_i - mu)/M
   * @param throughMu dL/dmu / M
   */
  public record Derivation(
      double mean,
      double variance,
      double r,
      double sumG,
      double sumGDeviation,
      NdArray direct,
      NdArray throughVar,
      NdArray throughMu) {
    /** Three arrays of one shape. */
    public Derivation {
      Shapes.given("Derivation", "direct", direct);
      Shapes.given("Derivation", "throughVar", throughVar);
      Shapes.given("Derivation", "throughMu", throughMu);
    }

    /** dx: the sum of the three. */
    public NdArray together() {
      return direct.plus(throughVar).plus(throughMu);
    }
  }

  /**
   * How the gradient of one plane comes about, step by step in float64: to be read, not to be fast.
   *
   * @param x one plane, of any shape
   * @param g the gradient with respect to its output, in the shape of x
   * @param gamma the scale of its channel
   */
  public static Derivation derivation(NdArray x, NdArray g, double gamma, double eps) {
    if (!Shapes.given("derivation", "x", x).hasShape(Shapes.given("derivation", "g", g).shape())) {
      throw new ShapeException(
          "derivation: g must have the shape of x " + x.describe() + ", was " + g.describe());
    }
    Checks.eps("derivation", eps);
    NdArray plane = x.to(DType.FLOAT64);
    NdArray cotangent = g.to(DType.FLOAT64);
    int m = plane.size();
    NdArray first = plane.minus(plane.mean());
    NdArray deviation = first.minus(first.mean()); // the mean was rounded; this takes the rest away
    double mean = plane.minus(deviation).mean().item();
    double variance = deviation.square().mean().item();
    double r = 1 / Math.sqrt(variance + eps);
    double sumG = cotangent.sum().item();
    double sumGDeviation = cotangent.times(deviation).sum().item();
    double dVar = -r * r * r / 2 * gamma * sumGDeviation;
    double dMu = -r * gamma * sumG;
    return new Derivation(
        mean,
        variance,
        r,
        sumG,
        sumGDeviation,
        cotangent.times(gamma * r),
        deviation.times(2 * dVar / m),
        NdArray.full(DType.FLOAT64, dMu / m, x.shape()));
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
