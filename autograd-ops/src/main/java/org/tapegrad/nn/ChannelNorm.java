package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.ShapeException;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.RunningStatistics;

/**
 * What the layers of instance and batch norm share: weight and bias per channel, and running
 * statistics under PyTorch's names, which take the place of the input's own at evaluation.
 */
public abstract class ChannelNorm extends Norm {
  private final int channels;
  private final Options options;
  private final Operation operation;
  private final boolean unbatched;
  private final String[] spatial;
  private final RunningStatistics running;

  /**
   * PyTorch's options.
   *
   * @param eps added to the variance
   * @param momentum the weight of a new batch in the running statistics; null for the plain average
   * @param affine whether it has weight and bias
   * @param trackRunningStats whether it keeps running_mean, running_var and num_batches_tracked
   */
  public record Options(double eps, Double momentum, boolean affine, boolean trackRunningStats) {
    /** eps 1e-5, momentum 0.1, affine, without running statistics. */
    public static final Options DEFAULT =
        new Options(InstanceNorm.DEFAULT_EPS, RunningStatistics.DEFAULT_MOMENTUM, true, false);

    /** The default of batch norm: with running statistics. */
    public static final Options TRACKING = DEFAULT.withTrackRunningStats(true);

    /**
     * Checks the range of eps; that of the momentum is checked with the statistics.
     *
     * @throws IllegalArgumentException if eps is negative or NaN
     */
    public Options {
      checkEps(eps);
    }

    /** With this number added to the variance. */
    public Options withEps(double number) {
      return new Options(number, momentum, affine, trackRunningStats);
    }

    /** With this weight of a new batch; null for the plain average over all batches. */
    public Options withMomentum(Double weight) {
      return new Options(eps, weight, affine, trackRunningStats);
    }

    /** With or without weight and bias. */
    public Options withAffine(boolean has) {
      return new Options(eps, momentum, has, trackRunningStats);
    }

    /** With or without running statistics. */
    public Options withTrackRunningStats(boolean has) {
      return new Options(eps, momentum, affine, has);
    }
  }

  /** An operation, with the input's statistics or with the running ones. */
  interface Operation {
    Tensor apply(
        Tensor x,
        Tensor gamma,
        Tensor beta,
        double eps,
        RunningStatistics running,
        boolean useInputStats);
  }

  /**
   * Makes parameters and buffers.
   *
   * @param unbatched whether an input without a batch is understood
   * @param spatial the names of the axes behind that of the channels
   */
  ChannelNorm(
      DType dtype,
      int numFeatures,
      Options options,
      Operation operation,
      boolean unbatched,
      String... spatial) {
    requirePositive("numFeatures", numFeatures);
    requireGiven("options", options);
    this.channels = numFeatures;
    this.options = options;
    this.operation = operation;
    this.unbatched = unbatched;
    this.spatial = spatial;
    learn(dtype, options.affine, true, numFeatures);
    running =
        options.trackRunningStats
            ? RunningStatistics.initial(dtype, numFeatures, options.momentum)
            : null;
    if (running != null) {
      buffer("running_mean", running.mean());
      buffer("running_var", running.variance());
      buffer("num_batches_tracked", running.batches());
    }
  }

  @Override
  final void check(Tensor x) {
    int axes = 1 + spatial.length;
    boolean rankFits = x.rank() == axes + 1 || unbatched && x.rank() == axes;
    if (!rankFits || x.size(-axes) != channels) {
      String names = "C, " + String.join(", ", spatial) + "]";
      throw new ShapeException(
          "%s: x must be [N, %s%s with C = %d, was %s"
              .formatted(
                  label(),
                  names,
                  unbatched ? " or [" + names : "",
                  channels,
                  x.value().describe()));
    }
  }

  @Override
  final Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    boolean useInputStats = isTraining() || running == null;
    return operation.apply(x, gamma, beta, options.eps, running, useInputStats);
  }

  @Override
  protected final String describe() {
    return "%s(%d, eps=%s)".formatted(getClass().getSimpleName(), channels, options.eps);
  }
}
