package org.tapegrad.nn;

import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tensor;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.RunningStatistics;

/**
 * {@link InstanceNorm#instanceNorm2d} with learnt gamma and beta, named {@code weight} and {@code
 * bias} as in PyTorch. The same at training and evaluation, unless it tracks running statistics:
 * then evaluation uses those, as batch norm does.
 */
public final class InstanceNorm2d extends Module {
  private final int channels;
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
  }

  /** An affine layer without running statistics, eps = 1e-5. */
  public InstanceNorm2d(DType dtype, int numFeatures) {
    this(dtype, numFeatures, Options.DEFAULT);
  }

  /** A layer for images of {@code numFeatures} channels. */
  public InstanceNorm2d(DType dtype, int numFeatures, Options options) {
    requirePositive("numFeatures", numFeatures);
    this.channels = numFeatures;
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

  @Override
  public Tensor forward(Tensor x) {
    requireImages(x, channels);
    Tensor gamma = weight == null ? null : x.tape().variable(weight);
    Tensor beta = bias == null ? null : x.tape().variable(bias);
    boolean useInputStats = isTraining() || running == null;
    return InstanceNorm.instanceNorm2d(x, gamma, beta, options.eps, running, useInputStats);
  }

  @Override
  protected String describe() {
    return "InstanceNorm2d(" + channels + ", eps=" + options.eps + ")";
  }
}
