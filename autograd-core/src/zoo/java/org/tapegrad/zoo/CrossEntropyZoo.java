package org.tapegrad.zoo;

import java.util.List;

/**
 * Softmax cross-entropy with soft targets and twelve wrong gradients of it: logits[4, 5],
 * targets[4, 5] positive, one loss per row.
 *
 * <p>loss = -sum over k of t_k log p_k with p = softmax(z), so dz = g (p sum(t) - t) and dt = -g
 * log p.
 */
public final class CrossEntropyZoo {
  private static final int N = 4;
  private static final int K = 5;

  private CrossEntropyZoo() {}

  enum Flaw {
    NO_TARGET("targets not subtracted"),
    SIGN("t - p instead of p - t"),
    LOGITS("logits taken for probabilities"),
    SUM_ONE("targets taken to sum to one"),
    IGNORES_G("upstream g ignored"),
    FIRST_G("g of the first row used for all"),
    OVER_N("divided by the batch size"),
    DIAGONAL("only the diagonal of the softmax Jacobian"),
    OVER_BATCH("softmax over the batch"),
    THROUGH_MAX("gradient through the subtracted maximum"),
    PLAIN_P("dt from p instead of log p"),
    NO_DT("dt missing");

    private final String text;

    Flaw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The op and its mutants. */
  public static MutatedOp op() {
    return new MutatedOp(
        "softmax cross-entropy",
        List.of("logits", "targets"),
        CrossEntropyZoo::forward,
        (x, g) -> backward(x, g, null),
        MutatedOp.mutants(Flaw.values(), CrossEntropyZoo::backward),
        (regime, random) -> {
          double[] targets = new double[N * K];
          for (int i = 0; i < targets.length; i++) {
            targets[i] = 0.05 + random.nextDouble();
          }
          return new double[][] {regime.normal(N * K, random), targets};
        });
  }

  /** log softmax of the values at from, from + stride, ... */
  private static double[] logSoftmax(double[] z, int from, int stride, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count; k++) {
      largest = Math.max(largest, z[from + k * stride]);
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      sum += Math.exp(z[from + k * stride] - largest);
    }
    double[] result = new double[count];
    for (int k = 0; k < count; k++) {
      result[k] = z[from + k * stride] - largest - Math.log(sum);
    }
    return result;
  }

  private static double[] forward(double[][] inputs) {
    double[] loss = new double[N];
    for (int n = 0; n < N; n++) {
      double[] logP = logSoftmax(inputs[0], n * K, 1, K);
      for (int k = 0; k < K; k++) {
        loss[n] -= inputs[1][n * K + k] * logP[k];
      }
    }
    return loss;
  }

  private static double[][] backward(double[][] inputs, double[] upstream, Flaw flaw) {
    double[][] gradient = {new double[N * K], new double[N * K]};
    for (int n = 0; n < N; n++) {
      double[] logP = logSoftmax(inputs[0], n * K, 1, K);
      double g = flaw == Flaw.IGNORES_G ? 1 : upstream[flaw == Flaw.FIRST_G ? 0 : n];
      double sum = 0;
      int largest = 0;
      for (int k = 0; k < K; k++) {
        sum += inputs[1][n * K + k];
        largest = logP[k] > logP[largest] ? k : largest;
      }
      sum = flaw == Flaw.SUM_ONE ? 1 : sum;
      for (int k = 0; k < K; k++) {
        int at = n * K + k;
        double p = probability(inputs[0], n, k, logP[k], flaw);
        double t = inputs[1][at];
        double dz =
            switch (flaw == null ? Flaw.NO_DT : flaw) {
              case NO_TARGET -> p * sum;
              case SIGN -> t - p * sum;
              case DIAGONAL -> -t * (1 - p);
              case THROUGH_MAX -> p * sum - t - (k == largest ? sum : 0);
              case OVER_N -> (p * sum - t) / N;
              default -> p * sum - t;
            };
        gradient[0][at] = g * dz;
        gradient[1][at] = flaw == Flaw.NO_DT ? 0 : -g * (flaw == Flaw.PLAIN_P ? p : logP[k]);
      }
    }
    return gradient;
  }

  private static double probability(double[] z, int n, int k, double logP, Flaw flaw) {
    return flaw == Flaw.LOGITS
        ? z[n * K + k]
        : Math.exp(flaw == Flaw.OVER_BATCH ? logSoftmax(z, k, K, N)[n] : logP);
  }
}
