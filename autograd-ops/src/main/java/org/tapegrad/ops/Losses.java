package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/** Losses with PyTorch's semantics; without a {@link Reduction} they are means. */
public final class Losses {
  private Losses() {}

  /** The mean of (x - target)², of two tensors of one shape. */
  public static Tensor meanSquaredError(Tensor x, Tensor target) {
    return meanSquaredError(x, target, Reduction.MEAN);
  }

  /** (x - target)², of two tensors of one shape. */
  public static Tensor meanSquaredError(Tensor x, Tensor target, Reduction reduction) {
    Checks.alike("meanSquaredError", x, target);
    Shapes.given("meanSquaredError", "reduction", reduction);
    return reduction.apply(x.minus(target).square());
  }

  /** The mean of |x - target|, of two tensors of one shape. */
  public static Tensor l1(Tensor x, Tensor target) {
    return l1(x, target, Reduction.MEAN);
  }

  /** |x - target|, of two tensors of one shape; its gradient is 0 where they are equal. */
  public static Tensor l1(Tensor x, Tensor target, Reduction reduction) {
    Checks.alike("l1", x, target);
    Shapes.given("l1", "reduction", reduction);
    return reduction.apply(x.minus(target).abs());
  }

  /** The mean of {@link #huber(Tensor, Tensor, double, Reduction)}. */
  public static Tensor huber(Tensor x, Tensor target, double delta) {
    return huber(x, target, delta, Reduction.MEAN);
  }

  /**
   * d²/2 where |d| &lt; delta, else delta·(|d| - delta/2), with d = x - target (Huber 1964). With e
   * = d limited to [-delta, delta] this is e·(d - e/2), and its gradient is e.
   */
  public static Tensor huber(Tensor x, Tensor target, double delta, Reduction reduction) {
    Checks.alike("huber", x, target);
    Shapes.given("huber", "reduction", reduction);
    Checks.positive("huber", "delta", delta);
    return reduction.apply(huber("huber", "delta", x.minus(target), delta, 1));
  }

  private static Tensor huber(String op, String option, Tensor d, double delta, double divisor) {
    NdArray losses =
        d.value()
            .map(
                v -> {
                  double e = Math.max(-delta, Math.min(delta, v));
                  return e / divisor * (v - e / 2);
                });
    return Tape.record(
        op,
        new Arguments().add(option, delta, null),
        losses,
        wrt(d, (y, g) -> g.times(Activations.limited(d, delta).dividedBy(divisor))));
  }

  /** The mean of {@link #smoothL1(Tensor, Tensor, double, Reduction)} with beta = 1. */
  public static Tensor smoothL1(Tensor x, Tensor target) {
    return smoothL1(x, target, 1, Reduction.MEAN);
  }

  /**
   * d²/(2·beta) where |d| &lt; beta, else |d| - beta/2, with d = x - target (Girshick 2015): {@link
   * #huber} divided by beta, and |d| for beta = 0.
   */
  public static Tensor smoothL1(Tensor x, Tensor target, double beta, Reduction reduction) {
    Checks.alike("smoothL1", x, target);
    Shapes.given("smoothL1", "reduction", reduction);
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("smoothL1: beta must be >= 0, was " + beta);
    }
    Tensor d = x.minus(target);
    return reduction.apply(beta == 0 ? d.abs() : huber("smoothL1", "beta", d, beta, beta));
  }

  /** The mean of {@link #crossEntropy(Tensor, int[], double, Reduction)} without smoothing. */
  public static Tensor crossEntropy(Tensor logits, int... classes) {
    return crossEntropy(logits, classes, 0, Reduction.MEAN);
  }

  /**
   * -log(softmax(logits)) of the right class, per row of logits[N, C]. With p = softmax(logits) and
   * the target distribution q, the gradient is p - q; of the right class p - 1 is taken as minus
   * the sum of the others, which keeps the digits of a small loss.
   *
   * @param classes N class indices in [0, C)
   * @param labelSmoothing the part in [0, 1] of q that is spread evenly over all classes, the rest
   *     being on the right one
   */
  public static Tensor crossEntropy(
      Tensor logits, int[] classes, double labelSmoothing, Reduction reduction) {
    Shapes.given("crossEntropy", "logits", logits);
    Shapes.given("crossEntropy", "classes", classes);
    Shapes.given("crossEntropy", "reduction", reduction);
    if (logits.rank() != 2) {
      throw new ShapeException(
          "crossEntropy: logits must be [N, C], was " + logits.value().describe());
    }
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException(
          "crossEntropy: labelSmoothing must be in [0, 1], was " + labelSmoothing);
    }
    Tensor q = logits.tape().constant(targets(logits, classes, labelSmoothing));
    Tensor logp = Softmax.logSoftmax(logits.detach(), 1);
    NdArray losses = logp.value().zip(q.value(), (l, w) -> w == 0 ? 0 : l * w).sum(1);
    return reduction.apply(
        Tape.record(
            "crossEntropy",
            new Arguments()
                .add("classes", shown(classes), null)
                .add("labelSmoothing", labelSmoothing, 0.0),
            losses.negate(),
            wrt(logits, (y, g) -> excess(logits, classes, q).times(g.reshape(-1, 1)))));
  }

  /** p - q = (p - 1 of the right class, p of the others) + (1 of the right class - q). */
  private static Tensor excess(Tensor logits, int[] classes, Tensor q) {
    NdArray right = targets(logits, classes, 0);
    Tensor hot = q.tape().constant(right);
    Tensor others = Softmax.softmax(logits, 1).times(q.tape().constant(right.equal(0)));
    Tensor smoothing = q.tape().constant(right.minus(q.value()));
    return others.minus(hot.times(others.sumKeepDims(1))).plus(smoothing);
  }

  /** All of a few classes, the number of many. */
  private static String shown(int[] classes) {
    return classes.length <= 8 ? Arrays.toString(classes) : "of " + classes.length + " rows";
  }

  private static NdArray targets(Tensor logits, int[] classes, double smoothing) {
    int n = logits.size(0);
    int c = logits.size(1);
    if (classes.length != n) {
      throw new ShapeException(
          "crossEntropy: needs one class per row of logits "
              + logits.value().describe()
              + ", was given "
              + classes.length);
    }
    double[] q = new double[n * c];
    Arrays.fill(q, smoothing / c);
    for (int i = 0; i < n; i++) {
      if (classes[i] < 0 || classes[i] >= c) {
        throw new IllegalArgumentException(
            "crossEntropy: class " + classes[i] + " of row " + i + " is not in [0, " + c + ")");
      }
      q[i * c + classes[i]] += 1 - smoothing;
    }
    return NdArray.of(q, n, c).to(logits.dtype());
  }

  /** The sum of |differences| between vertical and between horizontal neighbours of x[.., H, W]. */
  public static Tensor totalVariation(Tensor x) {
    return totalVariation(x, 1, Reduction.SUM);
  }

  /**
   * Neighbour differences of x[.., H, W] to a power, reduced and added (Rudin, Osher, Fatemi 1992
   * in its anisotropic form).
   *
   * @param power 1 for absolute values, 2 for squares
   * @param reduction sum or mean, of the vertical and of the horizontal differences each
   */
  public static Tensor totalVariation(Tensor x, int power, Reduction reduction) {
    Shapes.given("totalVariation", "x", x);
    Shapes.given("totalVariation", "reduction", reduction);
    if (x.rank() < 2) {
      throw new ShapeException("totalVariation: x must be [.., H, W], was " + x.value().describe());
    }
    if (power != 1 && power != 2) {
      throw new IllegalArgumentException("totalVariation: power must be 1 or 2, was " + power);
    }
    if (reduction == Reduction.NONE) {
      throw new IllegalArgumentException("totalVariation: reduction must be SUM or MEAN");
    }
    return neighbours(x, -2, power, reduction).plus(neighbours(x, -1, power, reduction));
  }

  private static Tensor neighbours(Tensor x, int axis, int power, Reduction reduction) {
    int n = x.size(axis);
    if (n < 2) {
      return x.sum().times(0);
    }
    Tensor d = x.slice(axis, 1, n).minus(x.slice(axis, 0, n - 1));
    return reduction.apply(power == 1 ? d.abs() : d.square());
  }
}
