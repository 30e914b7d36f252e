package org.tapegrad.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * The latest steps s and changes of the gradient y, which stand for the inverse Hessian (Nocedal,
 * Wright 2006, algorithm 7.4), in float64 whatever the parameters are.
 */
final class CurvatureHistory {
  private final int longest;
  private final List<Pair> pairs = new ArrayList<>();

  /** What the inverse Hessian is taken to be before the pairs: so many times the identity. */
  private double scale = 1;

  /** One step, what it changed in the gradient, and 1 / y·s. */
  record Pair(double[] step, double[] change, double inverse) {
    Pair(double[] step, double[] change) {
      this(step, change, 1 / Flat.dot(change, step));
    }
  }

  CurvatureHistory(int longest) {
    this.longest = longest;
  }

  List<Pair> pairs() {
    return pairs;
  }

  double scale() {
    return scale;
  }

  /** Takes a pair in, and the oldest out where there are too many. */
  void add(double[] step, double[] change) {
    if (pairs.size() == longest) {
      pairs.remove(0);
    }
    pairs.add(new Pair(step, change));
    scale = Flat.dot(change, step) / Flat.dot(change, change);
  }

  void restore(List<Pair> all, double factor) {
    pairs.clear();
    pairs.addAll(all);
    scale = factor;
  }

  /** The inverse Hessian times -gradient, by two loops over the pairs. */
  double[] direction(double[] gradient) {
    double[] d = Flat.times(gradient, -1);
    double[] weights = new double[pairs.size()];
    for (int i = pairs.size() - 1; i >= 0; i--) {
      Pair pair = pairs.get(i);
      weights[i] = Flat.dot(pair.step, d) * pair.inverse;
      Flat.add(d, -weights[i], pair.change);
    }
    Flat.scale(d, scale);
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      double back = Flat.dot(pair.change, d) * pair.inverse;
      Flat.add(d, weights[i] - back, pair.step);
    }
    return d;
  }
}
