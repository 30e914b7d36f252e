package org.tapegrad.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tapegrad.array.DType;

/** What is measured, group by group. */
final class Cases {
  /** How a case's work compares with what the machine could do. */
  enum Limit {
    /** Bytes that must move, against a copy of as many. */
    COPY,
    /** Multiplications and additions, against those that stay in registers. */
    FMA,
    /** No such comparison. */
    NONE
  }

  /**
   * One row of the report.
   *
   * @param amount bytes or floating-point operations, as the limit says
   */
  record Case(
      String group,
      String name,
      DType dtype,
      Limit limit,
      double amount,
      Function<Implementation, Runnable> work) {}

  private static final int[][] NORM_SHAPES = {
    {1, 3, 8, 8},
    {4, 2, 32, 32},
    {1, 32, 256, 256},
    {1, 128, 64, 64},
    {4, 64, 128, 128},
    {8, 128, 64, 64}
  };

  private static final List<Implementation.ConvolutionCase> CONVOLUTIONS =
      List.of(
          new Implementation.ConvolutionCase(1, 3, 256, 32, 9, 1),
          new Implementation.ConvolutionCase(1, 32, 256, 64, 3, 2),
          new Implementation.ConvolutionCase(1, 64, 128, 128, 3, 2),
          new Implementation.ConvolutionCase(1, 128, 64, 128, 3, 1),
          new Implementation.ConvolutionCase(4, 128, 64, 128, 3, 1),
          new Implementation.ConvolutionCase(1, 8, 32, 8, 3, 1));

  private static final int[][] PRODUCTS = {
    {32, 32, 32}, {512, 512, 512}, {64, 65536, 27}, {128, 4096, 1152}
  };

  private static final int[][] STEPS = {{1, 256}, {4, 128}, {1, 64}};

  private Cases() {}

  static List<Case> all(DType dtype) {
    List<Case> cases = new ArrayList<>();
    norms(dtype, cases);
    for (int[] p : PRODUCTS) {
      String name = p[0] + "x" + p[1] + "x" + p[2];
      double flops = 2.0 * p[0] * p[1] * p[2];
      cases.add(
          new Case(
              "matmul", name, dtype, Limit.FMA, flops, s -> s.matmul(dtype, p[0], p[1], p[2])));
    }
    for (Implementation.ConvolutionCase c : CONVOLUTIONS) {
      cases.add(
          new Case(
              "conv2d fwd+bwd",
              c.toString(),
              dtype,
              Limit.FMA,
              c.flops(),
              s -> s.convolution(dtype, c)));
    }
    for (int size : new int[] {1_000, 1_000_000}) {
      // Forward reads x, y, xy, x, z and writes xy, z, tanh z; backward moves as much again.
      double bytes = 16.0 * dtype.bytes() * size;
      cases.add(
          new Case(
              "elementwise",
              "tanh(x*y+x), " + size,
              dtype,
              Limit.COPY,
              bytes,
              s -> s.elementwise(dtype, size)));
    }
    for (int[] step : STEPS) {
      cases.add(
          new Case(
              "johnson step",
              step[0] + "x" + step[1] + "²",
              dtype,
              Limit.NONE,
              0,
              s -> s.johnsonStep(dtype, step[0], step[1])));
    }
    cases.add(
        new Case(
            "scalar chain",
            "1000 multiplications",
            dtype,
            Limit.NONE,
            0,
            s -> s.scalarChain(dtype, 1000)));
    return cases;
  }

  private static void norms(DType dtype, List<Case> cases) {
    for (boolean backward : new boolean[] {false, true}) {
      for (int[] n : NORM_SHAPES) {
        String name = "[%d,%d,%d,%d]".formatted(n[0], n[1], n[2], n[3]);
        double elements = (double) n[0] * n[1] * n[2] * n[3];
        // Forward reads x and writes y; backward reads x and g and writes dx.
        double bytes = dtype.bytes() * elements * (backward ? 5 : 2);
        cases.add(
            new Case(
                backward ? "instanceNorm2d fwd+bwd" : "instanceNorm2d fwd",
                name,
                dtype,
                Limit.COPY,
                bytes,
                s -> s.instanceNorm(dtype, backward, n[0], n[1], n[2], n[3])));
      }
    }
  }
}
