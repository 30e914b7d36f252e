package org.tapegrad.examples.benchmarks;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.tapegrad.array.DType;

/** ND4J on its native backend; it has no instance norm, and a tape only for whole graphs. */
public final class Nd4jPeer implements Implementation {
  /** Flags of its convolution: explicit padding, channels first, weights [out, in, k, k]. */
  private static final int EXPLICIT = 0;

  private static final int CHANNELS_FIRST = 0;
  private static final int OUT_IN_K_K = 1;

  @Override
  public String name() {
    return "nd4j";
  }

  private static INDArray random(DType dtype, long... shape) {
    DataType type = dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
    return Nd4j.randn(type, shape);
  }

  @Override
  public Runnable convolution(DType dtype, ConvolutionCase s) {
    INDArray x = random(dtype, s.n(), s.cIn(), s.h(), s.h());
    INDArray weight = random(dtype, s.cOut(), s.cIn(), s.k(), s.k());
    INDArray bias = random(dtype, s.cOut());
    INDArray seed = random(dtype, s.n(), s.cOut(), s.outSize(), s.outSize());
    INDArray y = seed.ulike();
    INDArray[] gradients = {x.ulike(), weight.ulike(), bias.ulike()};
    int half = s.k() / 2;
    int[] arguments = {
      s.k(), s.k(), s.stride(), s.stride(), half, half, 1, 1, EXPLICIT, CHANNELS_FIRST, OUT_IN_K_K
    };
    return () -> {
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d")
              .addInputs(x, weight, bias)
              .addOutputs(y)
              .addIntegerArguments(arguments)
              .build());
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d_bp")
              .addInputs(x, weight, bias, seed)
              .addOutputs(gradients)
              .addIntegerArguments(arguments)
              .build());
    };
  }

  @Override
  public Runnable matmul(DType dtype, int m, int n, int k) {
    INDArray a = random(dtype, m, k);
    INDArray b = random(dtype, k, n);
    INDArray c = Nd4j.create(a.dataType(), new long[] {m, n}, 'c');
    return () -> a.mmuli(b, c);
  }

  @Override
  public Runnable instanceNorm(DType dtype, boolean backward, int n, int c, int h, int w) {
    return null;
  }

  @Override
  public Runnable elementwise(DType dtype, int size) {
    return null;
  }

  @Override
  public Runnable johnsonStep(DType dtype, int batch, int size) {
    return null;
  }

  @Override
  public Runnable scalarChain(DType dtype, int length) {
    return null;
  }
}
