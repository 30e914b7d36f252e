package org.tapegrad.examples.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * Times several pieces of work side by side: warm-up, then rounds A B C A B C, so that a noisy
 * machine disturbs all of them alike; reported are medians and the spread between quartiles.
 *
 * <p>A round begins when the process is at rest, and with a lead-in that is not timed. Threads of
 * native libraries go on spinning for a while after their work is done, on the cores that the next
 * round needs; and the system may take some 40 ms to give the threads of that next round a core
 * each.
 */
final class Interleaved {
  private static final double WARM_UP_SECONDS = 1.5;
  private static final double ROUND_SECONDS = 0.04;
  private static final double BUDGET_SECONDS = 4;
  private static final int MIN_ROUNDS = 5;
  private static final int MAX_ROUNDS = 25;
  private static final double LEAD_IN_SECONDS = 0.06;
  private static final int REST_MILLIS = 30;
  private static final int MAX_RESTS = 20;

  private Interleaved() {}

  /**
   * What was measured of one piece of work.
   *
   * @param seconds the median time of one run
   * @param spread half the distance between the quartiles, divided by the median
   */
  record Timing(double seconds, double spread) {}

  static List<Timing> measure(List<Runnable> work) {
    int n = work.size();
    int[] runs = new int[n];
    double perRound = 0;
    for (int i = 0; i < n; i++) {
      double once = warmUp(work.get(i));
      runs[i] = (int) Math.max(1, Math.round(ROUND_SECONDS / once));
      perRound += runs[i] * once;
    }
    int rounds = (int) Math.max(MIN_ROUNDS, Math.min(MAX_ROUNDS, BUDGET_SECONDS / perRound));
    double[][] times = new double[n][rounds];
    for (int r = 0; r < rounds; r++) {
      for (int i = 0; i < n; i++) {
        awaitRest();
        runFor(LEAD_IN_SECONDS, work.get(i));
        times[i][r] = time(work.get(i), runs[i]);
      }
    }
    return Arrays.stream(times).map(Interleaved::summarise).toList();
  }

  /** Runs until the compiler has had its time; returns the seconds of one late run. */
  private static double warmUp(Runnable work) {
    double fastest = runFor(WARM_UP_SECONDS, work);
    return Math.min(fastest, Math.min(time(work, 1), time(work, 1)));
  }

  /** Runs for this time, once at least; returns the seconds of the fastest run. */
  private static double runFor(double seconds, Runnable work) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    double fastest = Double.POSITIVE_INFINITY;
    do {
      fastest = Math.min(fastest, time(work, 1));
    } while (System.nanoTime() < end);
    return fastest;
  }

  /** Sleeps until the process used less than half a core meanwhile, at most for 0.6 s. */
  private static void awaitRest() {
    var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try {
      long used = Long.MAX_VALUE;
      for (int i = 0; i < MAX_RESTS && used > REST_MILLIS * 500_000L; i++) {
        long before = process.getProcessCpuTime();
        Thread.sleep(REST_MILLIS);
        used = process.getProcessCpuTime() - before;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double time(Runnable work, int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      work.run();
    }
    return (System.nanoTime() - start) * 1e-9 / runs;
  }

  private static Timing summarise(double[] times) {
    Arrays.sort(times);
    double median = times[times.length / 2];
    double quartiles = times[times.length * 3 / 4] - times[times.length / 4];
    return new Timing(median, quartiles / 2 / median);
  }
}
