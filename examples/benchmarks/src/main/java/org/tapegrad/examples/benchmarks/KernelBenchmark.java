package org.tapegrad.examples.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Kernels;
import org.tapegrad.kernel.PlaneGroups;
import org.tapegrad.kernel.Planes;
import org.tapegrad.kernel.Unary;

/** Single kernels under JMH: {@code -Dargs="--jmh KernelBenchmark"}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  private static final int PLANES = 64;
  private static final int SIDE = 128;

  /** The element type. */
  @Param({"FLOAT32", "FLOAT64"})
  private DType dtype;

  private Kernels<Object> kernels;
  private Object x;
  private Object y;
  private Object g;
  private Object sums;
  private Object products;
  private PlaneGroups groups;
  private Planes.Statistics<Object> statistics;
  private final Planes.PerPlane<Object> none = new Planes.PerPlane<>(null, 1);

  private Object random(SplittableRandom random) {
    return NdArray.normal(dtype, random, 0, 1, PLANES * SIDE * SIDE).data();
  }

  /** Makes 64 planes of 128 by 128. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    kernels = dtype.kernels();
    x = random(random);
    g = random(random);
    y = random(random);
    groups = new PlaneGroups(1, PLANES, SIDE * SIDE);
    sums = kernels.memory().allocate(PLANES);
    products = kernels.memory().allocate(PLANES);
    statistics =
        new Planes.Statistics<>(
            kernels.memory().allocate(PLANES),
            kernels.memory().allocate(PLANES),
            kernels.memory().allocate(PLANES),
            kernels.memory().allocate(PLANES));
  }

  /** Statistics and normalisation. */
  @Benchmark
  public void normForward() {
    kernels.planes().forward(groups, SIDE * SIDE, true, 1e-5, x, statistics, none, none, y);
  }

  /** Both sums and the gradient of the input. */
  @Benchmark
  public void normBackward() {
    kernels.planes().backward(groups, SIDE * SIDE, true, g, x, statistics, none, sums, products, y);
  }

  /** The sum of all elements. */
  @Benchmark
  public void sum() {
    kernels.reduction().sum(x, 1, PLANES * SIDE * SIDE, 1, sums);
  }

  /** Hyperbolic tangents. */
  @Benchmark
  public void tanh() {
    kernels.elementwise().unary(Unary.TANH, x, y, 0, PLANES * SIDE * SIDE);
  }

  /** A product of 512 by 512 matrices. */
  @Benchmark
  public void product512() {
    kernels.product().multiply(512, 512, 512, x, 0, false, g, 0, false, y, 0);
  }
}
