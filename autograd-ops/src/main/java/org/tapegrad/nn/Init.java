package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/**
 * Initial values of weights [out, in, ...kernel], drawn from a given generator. The fan of a weight
 * is its number of inputs (or outputs) times the size of the kernel.
 */
public final class Init {
  private Init() {}

  /** Normal with deviation sqrt(2 / fanIn), for layers followed by relu (He et al. 2015). */
  public static NdArray kaimingNormal(DType dtype, RandomGenerator random, int... shape) {
    return NdArray.normal(dtype, random, 0, Math.sqrt(2.0 / fanIn(shape)), shape);
  }

  /** Uniform with the deviation of {@link #kaimingNormal}. */
  public static NdArray kaimingUniform(DType dtype, RandomGenerator random, int... shape) {
    return uniform(dtype, random, Math.sqrt(6.0 / fanIn(shape)), shape);
  }

  /** Normal with deviation sqrt(2 / (fanIn + fanOut)) (Glorot, Bengio 2010). */
  public static NdArray xavierNormal(DType dtype, RandomGenerator random, int... shape) {
    double deviation = Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)));
    return NdArray.normal(dtype, random, 0, deviation, shape);
  }

  /** Uniform with the deviation of {@link #xavierNormal}. */
  public static NdArray xavierUniform(DType dtype, RandomGenerator random, int... shape) {
    return uniform(dtype, random, Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape))), shape);
  }

  /** Uniform in ±1/sqrt(fanIn): what PyTorch's layers start with, bias included. */
  static NdArray layerDefault(DType dtype, RandomGenerator random, double fanIn, int... shape) {
    return uniform(dtype, random, 1 / Math.sqrt(fanIn), shape);
  }

  private static NdArray uniform(DType dtype, RandomGenerator random, double bound, int... shape) {
    return NdArray.uniform(dtype, random, -bound, bound, shape);
  }

  static double fanIn(int... shape) {
    requireWeight(shape);
    return fan(shape, shape[1]);
  }

  private static double fanOut(int... shape) {
    return fan(shape, shape[0]);
  }

  private static double fan(int[] shape, int channels) {
    double fan = channels;
    for (int d = 2; d < shape.length; d++) {
      fan *= shape[d];
    }
    return fan;
  }

  private static void requireWeight(int... shape) {
    if (Shapes.given("init", "a shape", shape).length < 2) {
      throw new IllegalArgumentException("init: a weight needs at least two axes [out, in, ...]");
    }
  }
}
