package org.tapegrad.nn;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.RunningStatistics;

/**
 * What the layers of instance and batch norm share: {@code weight} and {@code bias} per channel,
 * and running statistics under PyTorch's names, which take the place of the input's own at
 * evaluation.
 */
abstract class ChannelNorm extends Module {
  private final int channels;
  private final int channelAxis;
  private final boolean unbatched;
  private final Options options;
  private final Parameter weight;
  private final Parameter bias;
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
    public static final Options TRACKING =
        new Options(InstanceNorm.DEFAULT_EPS, RunningStatistics.DEFAULT_MOMENTUM, true, true);
  }

  /**
   * Makes parameters and buffers.
   *
   * @param channelAxis the axis of the channels, counted from the end
   * @param unbatched whether an input without a batch is understood
   */
  ChannelNorm(DType dtype, int numFeatures, int channelAxis, boolean unbatched, Options options) {
    requirePositive("numFeatures", numFeatures);
    this.channels = numFeatures;
    this.channelAxis = channelAxis;
    this.unbatched = unbatched;
    this.options = options;
    weight = options.affine ? parameter("weight", NdArray.ones(dtype, numFeatures)) : null;
    bias = options.affine ? parameter("bias", NdArray.zeros(dtype, numFeatures)) : null;
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

  /** The operation, with the input's statistics or with the running ones. */
  abstract Tensor normalise(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running,
      boolean useInputStats);

  /** The axes this layer takes, for its messages. */
  abstract String axes();

  @Override
  public final Tensor forward(Tensor x) {
    boolean rankFits = x.rank() == 1 - channelAxis || unbatched && x.rank() == -channelAxis;
    if (!rankFits || x.size(channelAxis) != channels) {
      throw new ShapeException(
          label()
              + ": x must be "
              + axes()
              + " with C = "
              + channels
              + ", was "
              + x.value().describe());
    }
    Tensor gamma = weight == null ? null : x.tape().variable(weight);
    Tensor beta = bias == null ? null : x.tape().variable(bias);
    boolean useInputStats = isTraining() || running == null;
    return normalise(x, gamma, beta, options.eps, running, useInputStats);
  }

  @Override
  protected final String describe() {
    return "%s(%d, eps=%s)".formatted(getClass().getSimpleName(), channels, options.eps);
  }
}
