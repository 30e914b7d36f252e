package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.PlaneGroups;

/**
 * Batch, group, layer and root mean square norm. They differ from {@link InstanceNorm} in which
 * elements are normalised together and in the shape of gamma and beta.
 */
public final class Norms {
  private Norms() {}

  /** In training, without running statistics. */
  public static Tensor batchNorm(Tensor x, Tensor gamma, Tensor beta, double eps) {
    return batchNorm(x, gamma, beta, eps, null, true);
  }

  /**
   * Normalises every channel of x[N, C, ...] over all images (Ioffe, Szegedy 2015,
   * arXiv:1502.03167).
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
    Affine affine = perChannel("batchNorm", x, gamma, beta, eps);
    int n = x.size(0);
    int c = x.size(1);
    RunningStatistics.check("batchNorm", x, c, running);
    if (!training) {
      if (running == null) {
        throw new IllegalArgumentException("batchNorm: evaluation needs running statistics");
      }
      return running.normalise(x, affine, eps);
    }
    int plane = n * c == 0 ? 0 : affine.plane();
    Checks.variance("batchNorm", "a channel of one value", n * plane, x.value().describe());
    PlaneGroups channels = new PlaneGroups(n, c, plane);
    return new Normalization(x, channels, true, eps, affine).record("batchNorm", "", running, true);
  }

  /**
   * Normalises every group of channels of x[N, C, ...] (Wu, He 2018, arXiv:1803.08494). One channel
   * per group is instance norm, one group is layer norm over (C, H, W).
   *
   * @param numGroups a divisor of C
   * @param gamma scale [C], null for 1
   * @param beta shift [C], null for 0
   * @param eps added to the variance, inside the square root
   * @throws ShapeException if a shape does not fit, or a group has a single value
   */
  public static Tensor groupNorm(Tensor x, int numGroups, Tensor gamma, Tensor beta, double eps) {
    Affine affine = perChannel("groupNorm", x, gamma, beta, eps);
    int n = x.size(0);
    int c = x.size(1);
    if (numGroups < 1 || c % numGroups != 0) {
      throw new ShapeException("groupNorm: numGroups must divide C = " + c + ", was " + numGroups);
    }
    int run = n == 0 ? 0 : x.value().size() / (n * numGroups);
    Checks.variance("groupNorm", "a group of one value", run, x.value().describe());
    PlaneGroups groups = new PlaneGroups(1, n * numGroups, run);
    return new Normalization(x, groups, true, eps, affine)
        .record("groupNorm", numGroups + " groups, ", null, false);
  }

  /**
   * Normalises the last axes of x, whose sizes are {@code normalizedShape} (Ba, Kiros, Hinton 2016,
   * arXiv:1607.06450).
   *
   * @param gamma scale of the normalized shape, null for 1
   * @param beta shift of the normalized shape, null for 0
   * @param eps added to the variance, inside the square root
   * @throws ShapeException if a shape does not fit, or there is a single value to normalise
   */
  public static Tensor layerNorm(
      Tensor x, int[] normalizedShape, Tensor gamma, Tensor beta, double eps) {
    Affine affine = perElement("layerNorm", x, normalizedShape, gamma, beta, eps);
    Checks.variance(
        "layerNorm",
        "one value",
        affine.plane(),
        x.value().describe() + ", normalizedShape " + Arrays.toString(normalizedShape));
    return rows(x, true, eps, affine).record("layerNorm", lastAxes(normalizedShape), null, false);
  }

  /**
   * Divides the last axes of x, whose sizes are {@code normalizedShape}, by sqrt(mean(x²) + eps)
   * (Zhang, Sennrich 2019, arXiv:1910.07467).
   *
   * @param gamma scale of the normalized shape, null for 1
   * @param eps added to the mean square, inside the square root
   * @throws ShapeException if a shape does not fit
   */
  public static Tensor rmsNorm(Tensor x, int[] normalizedShape, Tensor gamma, double eps) {
    Affine affine = perElement("rmsNorm", x, normalizedShape, gamma, null, eps);
    return rows(x, false, eps, affine).record("rmsNorm", lastAxes(normalizedShape), null, false);
  }

  private static Affine perChannel(String op, Tensor x, Tensor gamma, Tensor beta, double eps) {
    Shapes.given(op, "x", x);
    Checks.eps(op, eps);
    if (x.rank() < 2) {
      throw new ShapeException(op + ": x must be [N, C, ...], was " + x.value().describe());
    }
    return Affine.perChannel(op, x, x.size(0), x.size(1), gamma, beta);
  }

  private static Affine perElement(
      String op, Tensor x, int[] normalizedShape, Tensor gamma, Tensor beta, double eps) {
    Shapes.given(op, "x", x);
    Checks.eps(op, eps);
    int[] shape = x.shape();
    int rank = Shapes.given(op, "normalizedShape", normalizedShape).length;
    boolean fits =
        rank > 0
            && rank <= shape.length
            && Arrays.equals(
                normalizedShape, Arrays.copyOfRange(shape, shape.length - rank, shape.length));
    if (!fits || Arrays.stream(normalizedShape).anyMatch(e -> e == 0)) {
      throw new ShapeException(
          "%s: the last axes of x must be %s, x was %s"
              .formatted(op, Arrays.toString(normalizedShape), x.value().describe()));
    }
    return Affine.perElement(op, x, normalizedShape, gamma, beta);
  }

  private static Normalization rows(Tensor x, boolean centred, double eps, Affine affine) {
    PlaneGroups rows = new PlaneGroups(1, affine.axes()[0], affine.plane());
    return new Normalization(x, rows, centred, eps, affine);
  }

  private static String lastAxes(int[] normalizedShape) {
    int axes = normalizedShape.length;
    return axes == 1 ? "last axis, " : "last " + axes + " axes, ";
  }
}
