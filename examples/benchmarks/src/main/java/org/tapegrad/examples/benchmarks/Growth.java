package org.tapegrad.examples.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.tapegrad.array.DType;

/** How time and memory grow with the number of elements, and that they do not grow with steps. */
final class Growth {
  private static final int[] SIDES = {8, 25, 80, 253, 800};
  private static final int STEPS = 2000;

  private Growth() {}

  static void run() {
    System.out.printf("%ninstanceNorm2d fwd+bwd [4,8,s,s] float32%n");
    System.out.printf("%12s | %12s | %s%n", "elements", "time", "peak heap above idle");
    List<double[]> points = new ArrayList<>();
    for (int side : SIDES) {
      Runnable work = new Tapegrad().instanceNorm(DType.FLOAT32, true, 4, 8, side, side);
      double seconds = Interleaved.measure(List.of(work)).get(0).seconds();
      double elements = 4.0 * 8 * side * side;
      long peak = peakBytes(new Tapegrad().instanceNorm(DType.FLOAT32, true, 4, 8, side, side), 3);
      points.add(new double[] {Math.log(elements), Math.log(seconds), Math.log(peak)});
      System.out.printf("%12.0f | %9.3f ms | %.1f MB%n", elements, seconds * 1e3, peak * 1e-6);
    }
    double[] first = points.get(0);
    double[] last = points.get(points.size() - 1);
    System.out.printf(
        "slope over %.1f decades: time %.2f, memory %.2f (1 = linear)%n",
        (last[0] - first[0]) / Math.log(10),
        (last[1] - first[1]) / (last[0] - first[0]),
        (last[2] - first[2]) / (last[0] - first[0]));
    flat();
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
  private static long peakBytes(Runnable work, int runs) {
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
