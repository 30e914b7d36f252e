package org.tapegrad.kernel;

/** Update rules in plain Java, one pass each. */
class PlainOptimizeF64 implements Optimize<double[]> {

  @Override
  public void sgd(
      double[] w,
      double[] g,
      double[] velocity,
      int n,
      /**/ double rate,
      /**/ double momentum,
      /**/ double dampening,
      boolean nesterov,
      /**/ double weightDecay,
      boolean first) {
    double kept = (double) (first ? 0 : momentum);
    double taken = (double) (first ? 1 : 1 - dampening);
    double decay = (double) weightDecay;
    double step = (double) rate;
    double ahead = (double) momentum;
    Parallel.forEach(
        n,
        2,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            double d = g[i] + decay * w[i];
            if (velocity != null) {
              velocity[i] = kept * velocity[i] + taken * d;
              d = nesterov ? d + ahead * velocity[i] : velocity[i];
            }
            w[i] -= step * d;
          }
        });
  }

  @Override
  public void adam(
      double[] w,
      double[] g,
      double[] m,
      double[] v,
      int n,
      /**/ double rate,
      /**/ double beta1,
      /**/ double beta2,
      /**/ double eps,
      /**/ double decay,
      /**/ double shrink,
      int t) {
    Adam c =
        new Adam(
            (double) beta1,
            (double) beta2,
            (double) (1 - beta1),
            (double) (1 - beta2),
            (double) (rate / (1 - Math.pow(beta1, t))),
            (double) (1 / Math.sqrt(1 - Math.pow(beta2, t))),
            (double) eps,
            (double) decay,
            (double) shrink);
    Parallel.forEach(n, 4, (from, to) -> adam(w, g, m, v, c, from, to));
  }

  /** The numbers that are the same for all elements; root and step correct the bias of v and m. */
  record Adam(
      double b1,
      double b2,
      double c1,
      double c2,
      double step,
      double root,
      double small,
      double added,
      double scale) {}

  void adam(double[] w, double[] g, double[] m, double[] v, Adam c, int from, int to) {
    for (int i = from; i < to; i++) {
      double d = g[i] + c.added * w[i];
      double mean = c.b1 * m[i] + c.c1 * d;
      double square = c.b2 * v[i] + c.c2 * d * d;
      m[i] = mean;
      v[i] = square;
      double deviation = (double) Math.sqrt(square) * c.root + c.small;
      // without eps a weight that never had a gradient divides 0 by 0
      w[i] = c.scale * w[i] - (deviation == 0 ? 0 : c.step * mean / deviation);
    }
  }
}
