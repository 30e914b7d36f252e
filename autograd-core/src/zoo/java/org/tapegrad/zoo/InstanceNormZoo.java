package org.tapegrad.zoo;

import java.util.List;
import org.tapegrad.zoo.MutatedOp.Regime;

/**
 * instanceNorm2d and twelve wrong gradients of it: x[2, 3, 4, 4], gamma[3], beta[3].
 *
 * <p>With d = x - mean, r = (var + eps)^(-1/2), xhat = r d and M values per plane, y = gamma xhat +
 * beta and dx = gamma r (g - mean(g) - xhat mean(g xhat)), dgamma = sum g xhat, dbeta = sum g.
 */
public final class InstanceNormZoo {
  private static final int N = 2;
  private static final int C = 3;
  private static final int M = 16;

  private InstanceNormZoo() {}

  enum Flaw {
    NO_MEAN_G("no mean(g) term"),
    NO_XHAT_TERM("no xhat·mean(g·xhat) term"),
    XHAT_SIGN("xhat·mean(g·xhat) with its sign flipped"),
    UNBIASED("n-1 for n"),
    NO_EPS("eps dropped in backward"),
    EXPONENT("exponent -1 for -3/2 of the variance"),
    NO_GAMMA("gamma missing in dx"),
    OVER_BATCH("statistics over N too"),
    IGNORES_G("upstream g ignored"),
    ONE_SAMPLE("dgamma from one sample"),
    RAW_DGAMMA("dgamma from x-mean instead of xhat"),
    MEAN_DBETA("dbeta a mean instead of a sum");

    private final String text;

    Flaw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The op with one eps. */
  public static MutatedOp op(double eps) {
    return new MutatedOp(
        "instanceNorm2d, eps " + eps,
        List.of("x", "gamma", "beta"),
        x -> forward(x, eps),
        (x, g) -> backward(x, g, eps, null),
        MutatedOp.mutants(Flaw.values(), (x, g, flaw) -> backward(x, g, eps, flaw)),
        (regime, random) ->
            new double[][] {
              regime.normal(N * C * M, random),
              Regime.UNIT.normal(C, random),
              Regime.UNIT.normal(C, random)
            });
  }

  private static double[] forward(double[][] inputs, double eps) {
    double[] x = inputs[0];
    double[] y = new double[x.length];
    for (int plane = 0; plane < N * C; plane++) {
      double mean = mean(x, plane * M, M);
      double r = 1 / Math.sqrt(squares(x, plane * M, M, mean) / M + eps);
      for (int i = plane * M; i < (plane + 1) * M; i++) {
        y[i] = inputs[1][plane % C] * (x[i] - mean) * r + inputs[2][plane % C];
      }
    }
    return y;
  }

  private static double[][] backward(double[][] inputs, double[] upstream, double eps, Flaw flaw) {
    double[] x = inputs[0];
    double[] gamma = inputs[1];
    double[][] gradient = {new double[x.length], new double[C], new double[C]};
    double backwardEps = flaw == Flaw.NO_EPS ? 0 : eps;
    for (int plane = 0; plane < N * C; plane++) {
      int c = plane % C;
      int from = plane * M;
      double[] g = new double[M];
      for (int i = 0; i < M; i++) {
        g[i] = flaw == Flaw.IGNORES_G ? 1 : upstream[from + i];
      }
      double mean = flaw == Flaw.OVER_BATCH ? channelMean(x, c) : mean(x, from, M);
      double squares =
          flaw == Flaw.OVER_BATCH ? channelSquares(x, c, mean) : squares(x, from, M, mean);
      double variance = squares / (flaw == Flaw.UNBIASED ? M - 1 : M) + backwardEps;
      double r = 1 / Math.sqrt(variance);
      double sumG = 0;
      double sumGd = 0;
      for (int i = 0; i < M; i++) {
        sumG += g[i];
        sumGd += g[i] * (x[from + i] - mean);
      }
      double meanG = flaw == Flaw.NO_MEAN_G ? 0 : sumG / M;
      double power = flaw == Flaw.EXPONENT ? Math.sqrt(variance) : 1;
      double pull = r * r * power * sumGd / M;
      pull = flaw == Flaw.NO_XHAT_TERM ? 0 : flaw == Flaw.XHAT_SIGN ? -pull : pull;
      double slope = flaw == Flaw.NO_GAMMA ? r : gamma[c] * r;
      for (int i = 0; i < M; i++) {
        gradient[0][from + i] = slope * (g[i] - meanG - (x[from + i] - mean) * pull);
      }
      if (flaw != Flaw.ONE_SAMPLE || plane < C) {
        gradient[1][c] += flaw == Flaw.RAW_DGAMMA ? sumGd : sumGd * r;
      }
      gradient[2][c] += flaw == Flaw.MEAN_DBETA ? sumG / (N * M) : sumG;
    }
    return gradient;
  }

  private static double mean(double[] x, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i];
    }
    double first = sum / count;
    double rest = 0;
    for (int i = from; i < from + count; i++) {
      rest += x[i] - first;
    }
    return first + rest / count;
  }

  private static double squares(double[] x, int from, int count, double mean) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (x[i] - mean) * (x[i] - mean);
    }
    return sum;
  }

  private static double channelMean(double[] x, int c) {
    double sum = 0;
    for (int n = 0; n < N; n++) {
      sum += mean(x, (n * C + c) * M, M);
    }
    return sum / N;
  }

  /** The average over N of the sums of squares, so that dividing by M gives the variance. */
  private static double channelSquares(double[] x, int c, double mean) {
    double sum = 0;
    for (int n = 0; n < N; n++) {
      sum += squares(x, (n * C + c) * M, M, mean);
    }
    return sum / N;
  }
}
