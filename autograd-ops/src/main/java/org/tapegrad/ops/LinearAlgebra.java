package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.LinearSolver;

/**
 * Linear systems, solved by EJML's LU decomposition, in float64 for float32 as well, and Gram
 * matrices.
 */
public final class LinearAlgebra {
  private LinearAlgebra() {}

  /**
   * The solution X[n, k] of a[n, n] · X = b[n, k].
   *
   * <p>From A·X = B follows dA·X + A·dX = dB, so dX = A⁻¹(dB - dA·X). With G = dL/dX the gradients
   * are the adjoints of both terms, dL/dB = A⁻ᵀG and dL/dA = -(A⁻ᵀG)·Xᵀ (Giles 2008, "An extended
   * collection of matrix derivative results", 2.3.1).
   *
   * @throws IllegalArgumentException if a is singular
   */
  public static Tensor solve(Tensor a, Tensor b) {
    return solve(a, false, b);
  }

  /**
   * The inverse of a[n, n].
   *
   * @throws IllegalArgumentException if a is singular
   */
  public static Tensor inverse(Tensor a) {
    requireSquare("inverse", a);
    int n = a.size(0);
    NdArray identity = a.value().zerosLike(n, n);
    for (int i = 0; i < n; i++) {
      identity.set(1, i, i);
    }
    return solve(a, a.tape().constant(identity));
  }

  private static Tensor solve(Tensor a, boolean transposed, Tensor b) {
    requireSquare("solve", a);
    Shapes.given("solve", "b", b);
    int n = a.size(0);
    if (b.rank() != 2 || b.size(0) != n || b.dtype() != a.dtype()) {
      throw new ShapeException(
          "solve: b must be "
              + a.dtype()
              + "[n, k] with n = "
              + n
              + " as a "
              + a.value().describe()
              + ", was "
              + b.value().describe());
    }
    double[] x =
        LinearSolver.solve(
            n, b.size(1), a.value().toDoubleArray(), transposed, b.value().toDoubleArray());
    if (x == null) {
      if (!a.value().isFinite()) {
        throw new IllegalArgumentException(
            "solve: a " + a.value().describe() + " has elements that are NaN or infinite");
      }
      throw new IllegalArgumentException("solve: a " + a.value().describe() + " is singular");
    }
    return Tape.record(
        "solve",
        transposed ? "transposed" : "",
        NdArray.of(x, b.shape()).to(b.dtype()),
        wrt(
            a,
            (y, g) -> {
              Tensor db = solve(a, !transposed, g);
              return transposed
                  ? y.matmul(db, false, true).negate()
                  : db.matmul(y, false, true).negate();
            }),
        wrt(b, (y, g) -> solve(a, !transposed, g)));
  }

  private static void requireSquare(String op, Tensor a) {
    if (Shapes.given(op, "a", a).rank() != 2 || a.size(0) != a.size(1)) {
      throw new ShapeException(op + ": a must be [n, n], was " + a.value().describe());
    }
  }

  /**
   * The Gram matrix [N, C, C] of the channels of every image of x[N, C, H, W], [C, C] of x[C, H,
   * W]: how they occur together, wherever, the style of Gatys et al. 2016.
   *
   * <p>With the channels as the rows of F[C, H·W], y = F·Fᵀ / (C·H·W). Its gradient is dL/dF = (g +
   * gᵀ)·F / (C·H·W): one product, as g is made symmetric first.
   */
  public static Tensor gramMatrix(Tensor x) {
    Checks.imageWithPixels("gramMatrix", x);
    int channels = x.size(-3);
    if (channels == 0) {
      throw new ShapeException("gramMatrix: x has no channels, was " + x.value().describe());
    }
    int images = x.rank() == 3 ? 1 : x.size(0);
    int pixels = x.size(-2) * x.size(-1);
    double scale = 1 / ((double) channels * pixels);
    NdArray rows = x.value().reshape(images, channels, pixels);
    NdArray products = products(rows, scale);
    return Tape.record(
        "gramMatrix",
        x.rank() == 3 ? products.reshape(channels, channels) : products,
        wrt(
            x,
            (y, g) -> {
              Tensor h = g.reshape(images, channels, channels);
              return h.plus(h.transpose(0, 2, 1))
                  .times(scale)
                  .matmul(x.reshape(images, channels, pixels))
                  .reshape(x.shape());
            }));
  }

  /** scale·F·Fᵀ for each F[C, pixels]. */
  private static NdArray products(NdArray rows, double scale) {
    NdArray products = rows.matmul(rows, false, true).times(scale);
    if (products.isFinite()) {
      return products;
    }
    // the sums may be beyond the largest number where their means are not
    NdArray small = rows.times(Math.sqrt(scale));
    return small.matmul(small, false, true);
  }
}
