package org.tapegrad.ops;

import org.tapegrad.array.NdArray;

/**
 * Instance norm as PyTorch's forward does it, in plain loops that share nothing with the library:
 * planes of x as channels of one image (1, N·C, H, W), gamma, beta and running statistics repeated
 * N times, batch norm, and everything taken back.
 */
final class ReshapedBatchNorm {
  private final int n;
  private final int c;
  private final int m;
  private final double[] x;
  private final double[] g;
  private final double[] weight;
  private final double[] bias;
  private final double[] mean;
  private final double[] variance;
  private final boolean useInputStats;
  private final double eps;

  final double[] y;
  final double[] dx;
  final double[] dgamma;
  final double[] dbeta;

  /** Null without running statistics. */
  double[] runningMean;

  double[] runningVariance;

  /** Any of gamma, beta and the running statistics may be null. */
  ReshapedBatchNorm(
      NdArray input,
      NdArray cotangent,
      NdArray gamma,
      NdArray beta,
      RunningStatistics running,
      boolean useInputStats,
      double eps) {
    n = input.size(0);
    c = input.size(1);
    m = input.size(2) * input.size(3);
    x = input.toDoubleArray();
    g = cotangent.toDoubleArray();
    weight = repeated(gamma, 1);
    bias = repeated(beta, 0);
    mean = repeated(running == null ? null : running.mean(), 0);
    variance = repeated(running == null ? null : running.variance(), 1);
    this.useInputStats = useInputStats;
    this.eps = eps;
    y = new double[x.length];
    dx = new double[x.length];
    dgamma = new double[c];
    dbeta = new double[c];
    if (running != null) {
      runningMean = new double[c];
      runningVariance = new double[c];
    }
    for (int channel = 0; channel < n * c; channel++) {
      if (useInputStats) {
        takeStatistics(channel, running == null ? 0 : running.momentum());
      } else {
        normalise(channel, mean[channel], variance[channel]);
      }
      if (running != null) {
        runningMean[channel % c] += mean[channel] / n;
        runningVariance[channel % c] += variance[channel] / n;
      }
    }
  }

  private double[] repeated(NdArray perChannel, double absent) {
    double[] all = new double[n * c];
    for (int i = 0; i < all.length; i++) {
      all[i] = perChannel == null ? absent : perChannel.toDoubleArray()[i % c];
    }
    return all;
  }

  private void takeStatistics(int channel, double momentum) {
    double sum = 0;
    for (int i = channel * m; i < (channel + 1) * m; i++) {
      sum += x[i];
    }
    double squares = 0;
    for (int i = channel * m; i < (channel + 1) * m; i++) {
      squares += (x[i] - sum / m) * (x[i] - sum / m);
    }
    normalise(channel, sum / m, squares / m);
    mean[channel] = (1 - momentum) * mean[channel] + momentum * sum / m;
    variance[channel] = (1 - momentum) * variance[channel] + momentum * squares / (m - 1);
  }

  /** Output and gradients of one channel; those of weight and bias add up over the images. */
  private void normalise(int channel, double mu, double var) {
    double deviation = Math.sqrt(var + eps);
    double toVar = 0;
    double toMu = 0;
    for (int i = channel * m; i < (channel + 1) * m; i++) {
      double xhat = (x[i] - mu) / deviation;
      y[i] = xhat * weight[channel] + bias[channel];
      dgamma[channel % c] += g[i] * xhat;
      dbeta[channel % c] += g[i];
      toVar -= g[i] * weight[channel] * (x[i] - mu) / (2 * Math.pow(deviation, 3));
      toMu -= g[i] * weight[channel] / deviation;
    }
    for (int i = channel * m; i < (channel + 1) * m; i++) {
      dx[i] = g[i] * weight[channel] / deviation;
      if (useInputStats) {
        dx[i] += toVar * 2 * (x[i] - mu) / m + toMu / m;
      }
    }
  }
}
