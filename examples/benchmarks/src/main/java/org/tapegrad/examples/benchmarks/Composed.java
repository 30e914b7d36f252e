package org.tapegrad.examples.benchmarks;

import org.tapegrad.Tensor;
import org.tapegrad.array.DType;

/** This framework with instance norm composed from means and arithmetic instead of the fused op. */
final class Composed extends Tapegrad {

  @Override
  public String name() {
    return "composed";
  }

  @Override
  Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    int c = gamma.size(0);
    Tensor centred = x.minus(x.meanKeepDims(2, 3));
    Tensor variance = centred.square().meanKeepDims(2, 3);
    return centred
        .dividedBy(variance.plus(1e-5).sqrt())
        .times(gamma.reshape(c, 1, 1))
        .plus(beta.reshape(c, 1, 1));
  }

  @Override
  public Runnable convolution(DType dtype, ConvolutionCase sizes) {
    return null;
  }

  @Override
  public Runnable matmul(DType dtype, int m, int n, int k) {
    return null;
  }

  @Override
  public Runnable elementwise(DType dtype, int size) {
    return null;
  }

  @Override
  public Runnable scalarChain(DType dtype, int length) {
    return null;
  }
}
