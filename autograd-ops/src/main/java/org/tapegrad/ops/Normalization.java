package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.PlaneGroups;
import org.tapegrad.kernel.Planes;

/**
 * What all norms share. They differ in which elements form a group and in the shape of gamma and
 * beta. For one group of M elements x:
 *
 * <pre>
 * mu   = mean(x)                 0 in root mean square norm, which does not centre
 * var  = mean((x - mu)²)
 * r    = 1/sqrt(var + eps)
 * xhat = (x - mu)·r
 * y    = gamma·xhat + beta
 * </pre>
 *
 * <p>A small change dx of the group changes these by
 *
 * <pre>
 * dmu   = mean(dx)
 * dvar  = 2·mean((x - mu)·dx)                          since mean(x - mu) = 0
 * dr    = -r³/2·dvar = -r²·mean(xhat·dx)
 * dxhat = r·(dx - dmu) + (x - mu)·dr = r·(dx - mean(dx) - xhat·mean(xhat·dx))
 * </pre>
 *
 * <p>The map from dx to dxhat is symmetric, so it also takes the gradient with respect to xhat back
 * to x. With g = dL/dy:
 *
 * <pre>
 * h      = gamma·g
 * dL/dx  = r·(h - mean(h) - xhat·mean(h·xhat))     without centring there is no mean(h)
 * dgamma = sum(g·xhat)                             over the elements that share a gamma
 * dbeta  = sum(g)
 * </pre>
 */
final class Normalization {
  private final Tensor x;
  private final PlaneGroups groups;
  private final boolean centred;
  private final double eps;
  private final Affine affine;
  private final Tensor gamma;
  private final Tensor beta;
  private final Planes<Object> kernel;
  private final GroupStatistics statistics;

  /** Of the groups of x; without centring the statistics are taken about 0 instead of the mean. */
  Normalization(Tensor x, PlaneGroups groups, boolean centred, double eps, Affine affine) {
    this.x = x;
    this.groups = groups;
    this.centred = centred;
    this.eps = eps;
    this.affine = affine;
    gamma = affine.gamma();
    beta = affine.beta();
    kernel = x.value().kernels().planes();
    statistics = GroupStatistics.empty(x.value(), groups.groups());
  }

  /**
   * Computes and records y.
   *
   * @param arguments what the printed tape shows before eps
   * @param running takes in the statistics of this batch once it is recorded, if not null
   * @param counts whether the batch is counted
   */
  Tensor record(String op, String arguments, RunningStatistics running, boolean counts) {
    Tensor y =
        Tape.recordFused(
            op,
            new Shown(arguments, eps),
            forward(),
            this::backward,
            wrt(x, (out, g) -> inputGradient(g)),
            wrt(gamma, (out, g) -> affine.gather(affine.view(g).times(affine.view(xhat())), gamma)),
            wrt(beta, (out, g) -> affine.gather(affine.view(g), beta)));
    if (running != null && x.value().size() > 0) {
      running.update(statistics, groups.size(), counts);
    }
    return y;
  }

  // The closed form on arrays. The kernel takes gamma and beta per plane; those per element stand
  // beside it.

  private NdArray forward() {
    NdArray y = x.value().emptyLike(x.shape());
    if (y.size() == 0) {
      return y;
    }
    kernel.forward(
        groups,
        affine.plane(),
        centred,
        eps,
        x.value().data(),
        statistics.arrays(),
        affine.perPlane(gamma),
        affine.perPlane(beta),
        y.data());
    return affine.perElement() ? affine.shift(affine.scale(y)).reshape(x.shape()) : y;
  }

  private NdArray[] backward(NdArray g, boolean[] needed) {
    NdArray dx = needed[0] ? g.emptyLike(g.shape()) : null;
    NdArray sumG = affine.view(g);
    NdArray sumGXhat = sumG;
    if (affine.perElement()) {
      if (needed[0]) {
        gradient(affine.scale(g), dx);
      }
      sumGXhat = needed[1] ? sumG.times(xhatArray()) : null;
    } else if (g.size() > 0) {
      NdArray[] sums = gradient(g, dx);
      sumG = sums[0];
      sumGXhat = sums[1];
    }
    return new NdArray[] {
      dx,
      needed[1] ? affine.gather(sumGXhat, gamma) : null,
      needed[2] ? affine.gather(sumG, beta) : null
    };
  }

  /** Fills dx if it is not null, and returns the sums of g and of g·xhat over each plane. */
  private NdArray[] gradient(NdArray g, NdArray dx) {
    NdArray sumG = g.emptyLike(affine.planes());
    NdArray sumGXhat = g.emptyLike(affine.planes());
    kernel.backward(
        groups,
        affine.plane(),
        centred,
        g.data(),
        x.value().data(),
        statistics.arrays(),
        affine.perPlane(gamma),
        sumG.data(),
        sumGXhat.data(),
        dx == null ? null : dx.data());
    return new NdArray[] {sumG, sumGXhat};
  }

  private NdArray xhatArray() {
    NdArray xhat = x.value().emptyLike(affine.axes());
    kernel.normalise(groups, x.value().data(), statistics.arrays(), xhat.data());
    return xhat;
  }

  // The same gradient as a formula in tensor operations, from x, so that it can be differentiated.

  /** [outer, groups, run]: a group has all of the first and the last axis. */
  private Tensor perGroup(Tensor t) {
    return t.reshape(groups.outer(), groups.groups(), groups.run());
  }

  private static Tensor mean(Tensor t) {
    return t.meanKeepDims(0, 2);
  }

  /** A constant of each group, [groups, 1]. */
  private Tensor constant(NdArray ofGroups) {
    return x.tape().constant(ofGroups.reshape(groups.groups(), 1));
  }

  private Tensor perUnit(Tensor t) {
    return statistics.hasUnits() ? t.dividedBy(constant(statistics.unit())) : t;
  }

  /**
   * (x - mu)/unit/deviation. Centred twice: the first mean is rounded, the second takes away what
   * that left.
   */
  private Tensor deviation() {
    Tensor d = perUnit(perGroup(x));
    if (centred) {
      d = d.minus(mean(d));
      d = d.minus(mean(d));
    }
    return d.dividedBy(constant(statistics.deviation()));
  }

  /** sqrt(var + eps)/unit/deviation. */
  private Tensor standardDeviation(Tensor d) {
    return mean(d.square()).plus(constant(statistics.eps(eps))).sqrt();
  }

  private Tensor xhat() {
    Tensor d = deviation();
    return d.dividedBy(standardDeviation(d));
  }

  private Tensor inputGradient(Tensor g) {
    Tensor h = perGroup(affine.scale(g));
    Tensor d = deviation();
    Tensor sigma = standardDeviation(d);
    Tensor xhat = d.dividedBy(sigma);
    Tensor direct = centred ? h.minus(mean(h)) : h;
    Tensor perDeviation =
        direct
            .minus(xhat.times(mean(h.times(xhat))))
            .dividedBy(sigma)
            .dividedBy(constant(statistics.deviation()));
    return perUnit(perDeviation).reshape(x.shape());
  }

  /** A text when the tape is printed, not before: {@code 4 groups, eps 1e-5}. */
  private record Shown(String others, double eps) {
    @Override
    public String toString() {
      return others + "eps " + Shapes.number(eps);
    }
  }
}
