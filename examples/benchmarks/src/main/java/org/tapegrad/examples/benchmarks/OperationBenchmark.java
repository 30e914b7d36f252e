package org.tapegrad.examples.benchmarks;

import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.List;
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
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Single operations under JMH: {@code -Dargs="--jmh OperationBenchmark"}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OperationBenchmark {
  private static final int PLANES = 64;
  private static final int SIDE = 128;

  /** The element type. */
  @Param({"FLOAT32", "FLOAT64"})
  private DType dtype;

  private NdArray x;
  private NdArray matrix;
  private final Workspace workspace = new Workspace();

  /** Makes 64 planes of 128 by 128, and a matrix of 512 by 512. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    x = NdArray.normal(dtype, random, 0, 1, 1, PLANES, SIDE, SIDE);
    matrix = NdArray.normal(dtype, random, 0, 1, 512, 512);
  }

  /** Statistics and normalisation. */
  @Benchmark
  public Tensor normForward() {
    try (Workspace.Step step = workspace.step()) {
      return instanceNorm2d(step.tape().constant(x), null, null);
    }
  }

  /** The same, and the gradient of the input for a gradient of the output. */
  @Benchmark
  public NdArray normForwardAndBackward() {
    try (Workspace.Step step = workspace.step()) {
      Tape tape = step.tape();
      Tensor v = tape.variable(x);
      Tensor y = instanceNorm2d(v, null, null);
      return tape.vjp(List.of(y), List.of(x), List.of(v)).get(0);
    }
  }

  /** The sum of all elements. */
  @Benchmark
  public NdArray sum() {
    return x.sum();
  }

  /** Hyperbolic tangents. */
  @Benchmark
  public NdArray tanh() {
    return x.tanh();
  }

  /** A product of 512 by 512 matrices. */
  @Benchmark
  public NdArray product512() {
    return matrix.matmul(matrix);
  }
}
