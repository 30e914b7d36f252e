package org.tapegrad.examples.benchmarks;

import org.tapegrad.array.DType;

/**
 * Something that is measured: each method prepares its inputs once and returns the work that is
 * timed, or null where the implementation has no such operation. Gradients are taken with respect
 * to all inputs, from a given gradient of the output.
 */
public interface Implementation {

  /** The name that heads its column. */
  String name();

  /** Instance norm of x[n, c, h, w] with gamma and beta. */
  Runnable instanceNorm(DType dtype, boolean backward, int n, int c, int h, int w);

  /** Forward and backward of a convolution with bias. */
  Runnable convolution(DType dtype, ConvolutionCase sizes);

  /** The product of an m by n and an n by k matrix, forward alone. */
  Runnable matmul(DType dtype, int m, int n, int k);

  /** mean(tanh(x · y + x)) and its gradients, of two arrays of the given size. */
  Runnable elementwise(DType dtype, int size);

  /** One step of Adam on the network of {@link JohnsonNetwork} with a mean squared error. */
  Runnable johnsonStep(DType dtype, int batch, int size);

  /** A chain of scalar multiplications and its gradient. */
  Runnable scalarChain(DType dtype, int length);

  /** A square input x[n, cIn, h, h] against cOut kernels of k by k, padded by k/2. */
  record ConvolutionCase(int n, int cIn, int h, int cOut, int k, int stride) {

    /** The side of the square output. */
    int outSize() {
      return (h + 2 * (k / 2) - k) / stride + 1;
    }

    /** Multiplications and additions of forward and both gradients. */
    double flops() {
      return 3.0 * 2 * n * cIn * cOut * outSize() * outSize() * k * k;
    }

    @Override
    public String toString() {
      return "(%d,%d,%d,%d,%d,%d)".formatted(n, cIn, h, cOut, k, stride);
    }
  }
}
