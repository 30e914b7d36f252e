package org.tapegrad.array;

import java.util.Arrays;
import org.tapegrad.kernel.Strides;

/**
 * Batched matrix products by NumPy's rule: the last two axes multiply, those before broadcast. A
 * vector is a row on the left and a column on the right, and the axis it was given disappears.
 */
final class MatrixProducts {
  private MatrixProducts() {}

  /** op(a)[.., m, k] · op(b)[.., k, n], where op swaps the last two axes of a flagged operand. */
  static NdArray matmul(NdArray a, boolean aTransposed, NdArray b, boolean bTransposed) {
    int ra = a.rank();
    int rb = Shapes.given("matmul", b).rank();
    if (ra < 1 || rb < 1) {
      throw new ShapeException(
          "matmul: needs two arrays of rank >= 1, was given " + a.describe() + ", " + b.describe());
    }
    if (ra == 1 || rb == 1) {
      NdArray row = ra == 1 ? a.reshape(1, -1) : a;
      NdArray column = rb == 1 ? b.reshape(-1, 1) : b;
      NdArray product = matmul(row, aTransposed && ra > 1, column, bTransposed && rb > 1);
      return product.reshape(Shapes.ofProduct(product.shape, ra, rb));
    }
    if (a.dtype() != b.dtype()) {
      throw new IllegalArgumentException(
          "matmul: element types " + a.dtype() + " and " + b.dtype() + " do not mix; use to()");
    }
    int m = a.shape[aTransposed ? ra - 1 : ra - 2];
    int k = a.shape[aTransposed ? ra - 2 : ra - 1];
    int n = b.shape[bTransposed ? rb - 2 : rb - 1];
    if (b.shape[bTransposed ? rb - 1 : rb - 2] != k) {
      throw new ShapeException(
          "matmul: "
              + (aTransposed ? "transposed " : "")
              + a.describe()
              + " has "
              + k
              + " columns, but "
              + (bTransposed ? "transposed " : "")
              + b.describe()
              + " has "
              + b.shape[bTransposed ? rb - 1 : rb - 2]
              + " rows");
    }
    int[] aBatch = Arrays.copyOf(a.shape, ra - 2);
    int[] bBatch = Arrays.copyOf(b.shape, rb - 2);
    int[] batch = Shapes.broadcast("matmul", aBatch, bBatch);
    int[] shape = Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = m;
    shape[batch.length + 1] = n;
    NdArray out =
        new NdArray(
            a.dtype(), Shapes.result("matmul", shape), a.storage.allocatorWith(b.storage), false);
    Strides merged =
        Strides.merge(
            batch, Shapes.broadcastStrides(aBatch, batch), Shapes.broadcastStrides(bBatch, batch));
    if (merged.isEmpty()) {
      return out;
    }
    var product = a.kernels().product();
    Strides.Odometer at = merged.odometer(0, 0);
    for (int i = 0, count = Shapes.size(batch); i < count; i++, at.advance()) {
      product.multiply(
          m,
          n,
          k,
          a.data(),
          at.a() * m * k,
          aTransposed,
          b.data(),
          at.b() * k * n,
          bTransposed,
          out.data(),
          i * m * n);
    }
    return out;
  }
}
