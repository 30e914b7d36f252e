package org.tapegrad.ops;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.kernel.Planes;

/**
 * The map y = gamma·xhat + beta at the end of a norm, per channel or per element.
 *
 * @param gamma null for 1
 * @param beta null for 0
 * @param perElement whether gamma and beta have a value for every element of a group
 * @param axes x seen as [N, C, P], with a gamma for each plane of P elements; or per element as
 *     [rows, 1, M] with M gammas
 */
record Affine(Tensor gamma, Tensor beta, boolean perElement, int... axes) {

  /** Gamma and beta [C] or [N, C] of x[N, C, ...] or x[C, ...]. */
  static Affine perChannel(String op, Tensor x, int n, int c, Tensor gamma, Tensor beta) {
    checkPerChannel(op, "gamma", x, gamma, n, c);
    checkPerChannel(op, "beta", x, beta, n, c);
    return new Affine(gamma, beta, false, n, c, n * c == 0 ? 1 : x.value().size() / (n * c));
  }

  /** Gamma and beta of the shape of the last axes of x. */
  static Affine perElement(String op, Tensor x, int[] shape, Tensor gamma, Tensor beta) {
    checkPerElement(op, "gamma", x, gamma, shape);
    checkPerElement(op, "beta", x, beta, shape);
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return new Affine(gamma, beta, true, x.value().size() / size, 1, size);
  }

  private static void checkPerChannel(String op, String name, Tensor x, Tensor a, int n, int c) {
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

  private static void checkPerElement(String op, String name, Tensor x, Tensor a, int[] shape) {
    if (a != null && (!a.value().hasShape(shape) || a.dtype() != x.dtype())) {
      throw new ShapeException(
          "%s: %s must be %s%s, was %s"
              .formatted(op, name, x.dtype(), Arrays.toString(shape), a.value().describe()));
    }
  }

  /** The size of a plane. */
  int plane() {
    return axes[2];
  }

  /** The shape of one number per plane. */
  int[] planes() {
    return new int[] {axes[0], axes[1], 1};
  }

  /** What the kernel applies to each plane: nothing if gamma and beta are per element. */
  Planes.PerPlane<Object> perPlane(Tensor a) {
    return a == null || perElement
        ? new Planes.PerPlane<>(null, 1)
        : new Planes.PerPlane<>(a.value().data(), a.value().size());
  }

  /** Gamma or beta beside the axes: [1 or N, C, 1], or [1, 1, M]. */
  private int[] beside(Tensor a) {
    return perElement
        ? new int[] {1, 1, axes[2]}
        : new int[] {a.rank() == 1 ? 1 : axes[0], axes[1], 1};
  }

  /** Seen in the axes. */
  Tensor view(Tensor t) {
    return t.reshape(axes);
  }

  /** gamma·t. */
  Tensor scale(Tensor t) {
    return gamma == null ? view(t) : view(t).times(gamma.reshape(beside(gamma)));
  }

  /** t + beta. */
  Tensor shift(Tensor t) {
    return beta == null ? view(t) : view(t).plus(beta.reshape(beside(beta)));
  }

  /** The sums over what shares an element of gamma or beta. */
  Tensor gather(Tensor viewed, Tensor a) {
    return viewed.sumTo(beside(a)).reshape(a.shape());
  }

  // The same on arrays.

  NdArray view(NdArray t) {
    return t.reshape(axes);
  }

  NdArray scale(NdArray t) {
    return gamma == null ? view(t) : view(t).times(gamma.value().reshape(beside(gamma)));
  }

  NdArray shift(NdArray t) {
    return beta == null ? view(t) : view(t).plus(beta.value().reshape(beside(beta)));
  }

  NdArray gather(NdArray viewed, Tensor a) {
    return viewed.sumTo(beside(a)).reshape(a.shape());
  }
}
