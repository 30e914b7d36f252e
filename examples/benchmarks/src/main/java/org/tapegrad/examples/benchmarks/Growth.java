package org.tapegrad.examples.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntFunction;
import org.tapegrad.array.DType;

/** How time and memory grow with the number of elements, and that they do not grow with steps. */
final class Growth {
  private static final int[] SIDES = {8, 24, 80, 256, 800};
  private static final int[] STEP_SIDES = {16, 48, 160, 512};
  private static final int STEPS = 2000;

  /** From here on no decade is to cost more than 1.5 times the cheapest one. */
  private static final int LARGE = 32;

  private Growth() {}

  static void run() {
    Tapegrad ours = new Tapegrad();
    DType type = DType.FLOAT32;
    table(
        "instanceNorm2d fwd+bwd [4,8,s,s]", SIDES, s -> ours.instanceNorm(type, true, 4, 8, s, s));
    table(
        "conv2d fwd+bwd [1,32,s,s], 32 kernels of 3x3",
        SIDES,
        s -> ours.convolution(type, new Implementation.ConvolutionCase(1, 32, s, 32, 3, 1)));
    table("johnson step [1,3,s,s]", STEP_SIDES, s -> ours.johnsonStep(type, 1, s));
    flat();
  }

  private static void table(String what, int[] sides, IntFunction<Runnable> workOf) {
    System.out.printf("%n%s float32%n", what);
    System.out.printf("%12s | %12s | %12s | %s%n", "s", "time", "a pixel", "heap held");
    double[] seconds = new double[sides.length];
    double[] bytes = new double[sides.length];
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i < sides.length; i++) {
      double pixels = (double) sides[i] * sides[i];
      bytes[i] = heldBytes(workOf.apply(sides[i]), 3);
      seconds[i] = Interleaved.measure(List.of(workOf.apply(sides[i]))).get(0).seconds();
      System.out.printf(
          "%12d | %9.3f ms | %9.2f ns | %.1f MB%n",
          sides[i], seconds[i] * 1e3, seconds[i] / pixels * 1e9, bytes[i] * 1e-6);
      if (sides[i] >= LARGE) {
        least = Math.min(least, seconds[i] / pixels);
        most = Math.max(most, seconds[i] / pixels);
      }
    }
    int last = sides.length - 1;
    double decades = 2 * Math.log10((double) sides[last] / sides[0]);
    System.out.printf(
        "slope over %.1f decades: time %.2f, memory %.2f (1 = linear); from %d² on the dearest pixel"
            + " costs %.2f times the cheapest%n",
        decades,
        Math.log10(seconds[last] / seconds[0]) / decades,
        Math.log10(bytes[last] / bytes[0]) / decades,
        LARGE,
        most / least);
  }

  /** Live memory while a small training step is repeated. */
  private static void flat() {
    Runnable step = new Tapegrad().johnsonStep(DType.FLOAT32, 1, 32);
    System.out.printf("%nmemory over %d training steps (johnson 1x32²)%n", STEPS);
    for (int i = 1; i <= STEPS; i++) {
      step.run();
      if (i == 10 || i % (STEPS / 4) == 0) {
        System.out.printf("after %4d steps: %.1f MB live%n", i, usedBytes() * 1e-6);
      }
    }
  }

  /** Live memory that the work holds, its workspace included, above what was there before. */
  private static long heldBytes(Runnable work, int runs) {
    long idle = usedBytes();
    for (int i = 0; i < runs; i++) {
      work.run();
    }
    return Math.max(1, usedBytes() - idle);
  }

  /** Bytes in use after a collection. */
  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
