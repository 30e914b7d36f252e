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
 * Layer normalisation (Ba, Kiros, Hinton 2016, arXiv:1607.06450) and root mean square normalisation
 * (Zhang, Sennrich 2019, arXiv:1910.07467) over the last axes, with gamma and beta per element of
 * them.
 *
 * <p>With h = gamma·g the gradient of layer norm is that of {@link InstanceNorm}, dx = r·(h -
 * mean(h) - xhat·mean(h·xhat)). Without centring, xhat = x·r with r = 1/sqrt(mean(x²) + eps), the
 * path through the mean is absent: dx = r·(h - xhat·mean(h·xhat)).
 */
public final class LayerNorm {
  /** Gamma and beta are per element here, not per plane. */
  private static final Planes.PerPlane<Object> NONE = new Planes.PerPlane<>(null, 1);

  private final PlaneGroups rows;
  private final boolean centred;
  private final double eps;
  private final Tensor x;
  private final Tensor gamma;
  private final Tensor beta;
  private final Planes<Object> planes;
  private final GroupStatistics statistics;

  private LayerNorm(
      boolean centred, int normalizedSize, Tensor x, Tensor gamma, Tensor beta, double eps) {
    int count = x.value().size() / normalizedSize;
    this.rows = new PlaneGroups(1, count, normalizedSize);
    this.centred = centred;
    this.eps = eps;
    this.x = x;
    this.gamma = gamma;
    this.beta = beta;
    planes = x.value().kernels().planes();
    statistics = GroupStatistics.empty(x.value(), count);
  }

  /**
   * The last axes of x, whose extents are {@code normalizedShape}, to zero mean and unit variance.
   *
   * @param gamma scale of the normalized shape, null for 1
   * @param beta shift of the normalized shape, null for 0
   * @param eps added to the variance, inside the square root
   * @throws ShapeException if a shape does not fit, or there is a single value to normalise
   */
  public static Tensor layerNorm(
      Tensor x, int[] normalizedShape, Tensor gamma, Tensor beta, double eps) {
    int size = check("layerNorm", x, normalizedShape, gamma, beta, eps);
    if (size == 1) {
      throw new ShapeException(
          "layerNorm: one value has no variance and would always become beta, x was "
              + x.value().describe()
              + ", normalizedShape "
              + Arrays.toString(normalizedShape));
    }
    return new LayerNorm(true, size, x, gamma, beta, eps).record("layerNorm");
  }

  /**
   * The last axes of x, whose extents are {@code normalizedShape}, divided by sqrt(mean(x²) + eps).
   *
   * @param gamma scale of the normalized shape, null for 1
   * @param eps added to the mean square, inside the square root
   */
  public static Tensor rmsNorm(Tensor x, int[] normalizedShape, Tensor gamma, double eps) {
    int size = check("rmsNorm", x, normalizedShape, gamma, null, eps);
    return new LayerNorm(false, size, x, gamma, null, eps).record("rmsNorm");
  }

  private static int check(
      String op, Tensor x, int[] normalizedShape, Tensor gamma, Tensor beta, double eps) {
    Checks.given(op, "x", x);
    PlaneNorm.checkEps(op, eps);
    int[] shape = x.shape();
    int rank = normalizedShape.length;
    boolean fits =
        rank > 0
            && rank <= shape.length
            && Arrays.equals(
                normalizedShape, Arrays.copyOfRange(shape, shape.length - rank, shape.length));
    int size = Arrays.stream(normalizedShape).reduce(1, (a, b) -> a * b);
    if (!fits || size == 0) {
      throw new ShapeException(
          "%s: the last axes of x must be %s, x was %s"
              .formatted(op, Arrays.toString(normalizedShape), x.value().describe()));
    }
    checkAffine(op, "gamma", x, gamma, normalizedShape);
    checkAffine(op, "beta", x, beta, normalizedShape);
    return size;
  }

  private static void checkAffine(String op, String name, Tensor x, Tensor a, int[] shape) {
    if (a != null && (!a.value().hasShape(shape) || a.dtype() != x.dtype())) {
      throw new ShapeException(
          "%s: %s must be %s%s, was %s"
              .formatted(op, name, x.dtype(), Arrays.toString(shape), a.value().describe()));
    }
  }

  private Tensor record(String op) {
    return Tape.recordFused(
        op,
        null,
        forward(),
        this::backward,
        wrt(x, (y, g) -> inputGradient(g)),
        wrt(gamma, (y, g) -> g.times(xhat()).sumTo(gamma.shape())),
        wrt(beta, (y, g) -> g.sumTo(beta.shape())));
  }

  private NdArray forward() {
    NdArray y = x.value().emptyLike(x.shape());
    planes.forward(
        rows,
        rows.run(),
        centred,
        eps,
        x.value().data(),
        statistics.arrays(),
        NONE,
        NONE,
        y.data());
    y = gamma == null ? y : y.times(gamma.value());
    return beta == null ? y : y.plus(beta.value());
  }

  private NdArray[] backward(NdArray g, boolean[] needed) {
    NdArray[] gradients = new NdArray[3];
    if (needed[0]) {
      NdArray h = gamma == null ? g : g.times(gamma.value());
      gradients[0] = g.emptyLike(g.shape());
      planes.backward(
          rows,
          rows.run(),
          centred,
          h.data(),
          x.value().data(),
          statistics.arrays(),
          NONE,
          g.emptyLike(rows.groups()).data(),
          g.emptyLike(rows.groups()).data(),
          gradients[0].data());
    }
    if (needed[1]) {
      NdArray xhat = g.emptyLike(g.shape());
      planes.normalise(rows, x.value().data(), statistics.arrays(), xhat.data());
      gradients[1] = g.times(xhat).sumTo(gamma.shape());
    }
    if (needed[2]) {
      gradients[2] = g.sumTo(beta.shape());
    }
    return gradients;
  }

  // The same gradient as a formula in tensor operations, from x, so that it can be differentiated.

  private Tensor perRow(Tensor t) {
    return t.reshape(rows.groups(), rows.run());
  }

  /** The power of two that deviations are measured in, [rows, 1]. */
  private Tensor unit() {
    return x.tape().constant(statistics.unit().reshape(rows.groups(), 1));
  }

  /** Centred twice: the first mean is rounded, the second takes away what that left. */
  private Tensor deviation() {
    Tensor d = perRow(x);
    if (centred) {
      d = d.minus(d.meanKeepDims(1));
      d = d.minus(d.meanKeepDims(1));
    }
    return d.dividedBy(unit());
  }

  private Tensor standardDeviation(Tensor deviation) {
    Tensor epsInUnits = x.tape().constant(statistics.unit().map(u -> eps / u / u));
    return deviation.square().meanKeepDims(1).plus(epsInUnits.reshape(rows.groups(), 1)).sqrt();
  }

  private Tensor xhat() {
    Tensor d = deviation();
    return d.dividedBy(standardDeviation(d)).reshape(x.shape());
  }

  private Tensor inputGradient(Tensor g) {
    Tensor h = perRow(gamma == null ? g : g.times(gamma));
    Tensor d = deviation();
    Tensor deviation = standardDeviation(d);
    Tensor xhat = d.dividedBy(deviation);
    Tensor direct = centred ? h.minus(h.meanKeepDims(1)) : h;
    return direct
        .minus(xhat.times(h.times(xhat).meanKeepDims(1)))
        .dividedBy(deviation)
        .dividedBy(unit())
        .reshape(x.shape());
  }
}
