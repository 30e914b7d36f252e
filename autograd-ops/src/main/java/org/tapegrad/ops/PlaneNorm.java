package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.PlaneGroups;
import org.tapegrad.kernel.Planes;

/**
 * What instance, batch and group norm share: statistics of groups of elements, gamma and beta per
 * plane (n, c). The derivation of the gradient stands in {@link InstanceNorm}; with M the size of
 * the group and h = gamma·g it reads dx = r·(h - mean(h) - xhat·mean(h·xhat)) for all of them.
 */
final class PlaneNorm {
  private final PlaneGroups groups;
  private final int n;
  private final int c;
  private final Tensor x;
  private final Tensor gamma;
  private final Tensor beta;
  private final double eps;
  private final Planes<Object> planes;

  private final GroupStatistics statistics;

  private PlaneNorm(
      PlaneGroups groups, int n, int c, Tensor x, Tensor gamma, Tensor beta, double eps) {
    this.groups = groups;
    this.n = n;
    this.c = c;
    this.x = x;
    this.gamma = gamma;
    this.beta = beta;
    this.eps = eps;
    planes = x.value().kernels().planes();
    statistics = GroupStatistics.empty(x.value(), groups.groups());
  }

  /**
   * x[n, c, ...] normalised per group.
   *
   * @param running takes in the statistics of this batch, if not null
   */
  static Tensor normalise(
      String op,
      Tensor x,
      PlaneGroups groups,
      int n,
      int c,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running) {
    checkEps(op, eps);
    checkAffine(op, "gamma", x, gamma, n, c);
    checkAffine(op, "beta", x, beta, n, c);
    PlaneNorm norm = new PlaneNorm(groups, n, c, x, gamma, beta, eps);
    NdArray y = norm.forward();
    if (running != null && x.value().size() > 0) {
      norm.updateRunning(running);
    }
    return Tape.recordFused(
        op,
        null,
        y,
        norm::backward,
        wrt(x, (out, g) -> norm.inputGradient(g)),
        wrt(gamma, (out, g) -> perAffine(norm.perPlane(g).times(norm.xhat()), gamma)),
        wrt(beta, (out, g) -> perAffine(norm.perPlane(g), beta)));
  }

  /** The affine map with fixed statistics [C], elementwise: batch norm at evaluation. */
  static Tensor withStatistics(
      String op,
      Tensor x,
      int n,
      int c,
      Tensor gamma,
      Tensor beta,
      double eps,
      RunningStatistics running) {
    checkEps(op, eps);
    checkAffine(op, "gamma", x, gamma, n, c);
    checkAffine(op, "beta", x, beta, n, c);
    NdArray deviation = running.variance().plus(eps).sqrt();
    Tensor y =
        x.reshape(n, c, n * c == 0 ? 1 : x.value().size() / (n * c))
            .minus(x.tape().constant(running.mean().reshape(c, 1)))
            .dividedBy(x.tape().constant(deviation.reshape(c, 1)));
    y = gamma == null ? y : y.times(perChannel(gamma, n, c));
    y = beta == null ? y : y.plus(perChannel(beta, n, c));
    return y.reshape(x.shape());
  }

  /** gamma or beta as [1 or N, C, 1]. */
  private static Tensor perChannel(Tensor affine, int n, int c) {
    return affine.reshape(affine.rank() == 1 ? 1 : n, c, 1);
  }

  static void checkRunning(String op, Tensor x, int c, RunningStatistics running) {
    if (running != null && (!running.mean().hasShape(c) || running.mean().dtype() != x.dtype())) {
      throw new ShapeException(
          "%s: running statistics must be %s[C] = [%d], were %s"
              .formatted(op, x.dtype(), c, running.mean().describe()));
    }
  }

  static void checkEps(String op, double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException(op + ": eps must be >= 0, was " + eps);
    }
  }

  private static void checkAffine(String op, String name, Tensor x, Tensor a, int n, int c) {
    if (a == null) {
      return;
    }
    if (!a.value().hasShape(c) && !a.value().hasShape(n, c)) {
      throw new ShapeException(
          "%s: %s must have shape [C] = [%d] or [N, C] = [%d, %d], was %s"
              .formatted(op, name, c, n, c, Arrays.toString(a.shape())));
    }
    if (a.dtype() != x.dtype()) {
      throw new IllegalArgumentException(
          op + ": " + name + " must be " + x.dtype() + " as x, was " + a.dtype());
    }
  }

  /** Averages the groups' statistics over the images; the variance with M - 1 for M. */
  private void updateRunning(RunningStatistics running) {
    double m = groups.size();
    running.update(
        meanOverImages(statistics.mean().plus(statistics.residual())),
        meanOverImages(statistics.variance().times(m / (m - 1))));
  }

  private NdArray meanOverImages(NdArray perGroup) {
    int images = groups.groups() / c;
    return perGroup.reshape(images, c).sum(0).dividedBy(images);
  }

  private int plane() {
    int count = n * c;
    return count == 0 ? 1 : x.value().size() / count;
  }

  private static Planes.PerPlane<Object> perPlaneOf(Tensor affine) {
    return affine == null
        ? new Planes.PerPlane<>(null, 1)
        : new Planes.PerPlane<>(affine.value().data(), affine.value().size());
  }

  private NdArray forward() {
    NdArray y = x.value().emptyLike(x.shape());
    if (y.size() == 0) {
      return y;
    }
    planes.forward(
        groups,
        plane(),
        true,
        eps,
        x.value().data(),
        statistics.arrays(),
        perPlaneOf(gamma),
        perPlaneOf(beta),
        y.data());
    return y;
  }

  /** The closed form: the two sums per plane, and what follows from them. */
  private NdArray[] backward(NdArray g, boolean[] needed) {
    if (g.size() == 0) {
      return new NdArray[] {
        g,
        needed[1] ? g.zerosLike(gamma.shape()) : null,
        needed[2] ? g.zerosLike(beta.shape()) : null
      };
    }
    NdArray sumG = g.emptyLike(n, c);
    NdArray sumGTimesDeviation = g.emptyLike(n, c);
    NdArray[] gradients = new NdArray[3];
    gradients[0] = needed[0] ? g.emptyLike(g.shape()) : null;
    planes.backward(
        groups,
        plane(),
        true,
        g.data(),
        x.value().data(),
        statistics.arrays(),
        perPlaneOf(gamma),
        sumG.data(),
        sumGTimesDeviation.data(),
        needed[0] ? gradients[0].data() : null);
    if (needed[1]) {
      gradients[1] = perAffine(sumGTimesDeviation.times(inverseDeviationPerPlane()), gamma);
    }
    if (needed[2]) {
      gradients[2] = perAffine(sumG, beta);
    }
    return gradients;
  }

  /** The groups' inverse deviations as [N, C]. */
  private NdArray inverseDeviationPerPlane() {
    int planesPerRun = n * c / (groups.outer() * groups.groups());
    return statistics
        .inverseDeviation()
        .reshape(1, groups.groups(), 1)
        .broadcastTo(groups.outer(), groups.groups(), planesPerRun)
        .reshape(n, c);
  }

  /** Sums over the batch if gamma (or beta) is [C]. */
  private static NdArray perAffine(NdArray perPlane, Tensor affine) {
    return affine.rank() == 1 ? perPlane.sum(0) : perPlane;
  }

  // The same gradient as a formula in tensor operations, from x, so that it can be differentiated.

  /** [N, C, values of a plane]. */
  private Tensor perPlane(Tensor t) {
    return t.reshape(n, c, plane());
  }

  /** [outer, groups, run]: statistics are taken over the first and last axis. */
  private Tensor perGroup(Tensor t) {
    return t.reshape(groups.outer(), groups.groups(), groups.run());
  }

  private static Tensor meanOfGroup(Tensor t) {
    return t.meanKeepDims(0, 2);
  }

  /** The power of two that deviations are measured in, [1, groups, 1]. */
  private Tensor unit() {
    return x.tape().constant(statistics.unit().reshape(1, groups.groups(), 1));
  }

  /** Centred twice: the first mean is rounded, the second takes away what that left. */
  private Tensor deviation() {
    Tensor d = perGroup(x).minus(meanOfGroup(perGroup(x)));
    return d.minus(meanOfGroup(d)).dividedBy(unit());
  }

  private Tensor standardDeviation(Tensor deviation) {
    Tensor epsInUnits = x.tape().constant(statistics.unit().map(u -> eps / u / u));
    return meanOfGroup(deviation.square()).plus(epsInUnits.reshape(1, groups.groups(), 1)).sqrt();
  }

  private Tensor xhat() {
    Tensor d = deviation();
    return perPlane(d.dividedBy(standardDeviation(d)));
  }

  private Tensor inputGradient(Tensor g) {
    Tensor scaled = gamma == null ? g : perPlane(g).times(perChannel(gamma, n, c));
    Tensor h = perGroup(scaled);
    Tensor d = deviation();
    Tensor deviation = standardDeviation(d);
    Tensor xhat = d.dividedBy(deviation);
    return h.minus(meanOfGroup(h))
        .minus(xhat.times(meanOfGroup(h.times(xhat))))
        .dividedBy(deviation)
        .dividedBy(unit())
        .reshape(x.shape());
  }

  private static Tensor perAffine(Tensor perElement, Tensor affine) {
    return affine.rank() == 1 ? perElement.sum(0, 2) : perElement.sum(2);
  }
}
