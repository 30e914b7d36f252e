package org.tapegrad.examples.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.examples.spark.GradientTask.Part;

/** Where the time of steps goes. */
final class StepTimes {
  /** Steps at the beginning that are left out: Java compiles. */
  private static final int WARMING = 1;

  private final List<long[]> steps = new ArrayList<>();

  /**
   * One more step.
   *
   * @param sending nanoseconds until the parameters were handed to Spark
   * @param job nanoseconds from there until all gradients were back
   * @param adding nanoseconds of the driver's additions
   */
  void add(List<Part> parts, long sending, long job, long adding) {
    Map<String, Long> computing = new HashMap<>();
    Map<String, Long> fetching = new HashMap<>();
    for (Part part : parts) {
      computing.merge(part.executor(), part.computing(), Long::sum);
      fetching.merge(part.executor(), part.fetching(), Long::sum);
    }
    long longest = computing.values().stream().mapToLong(Long::longValue).max().orElse(0);
    long fetched = fetching.values().stream().mapToLong(Long::longValue).max().orElse(0);
    steps.add(new long[] {longest, sending + fetched, job - longest - fetched, adding});
  }

  /** In one line, or empty where there is nothing to tell. */
  String line() {
    List<long[]> warm = steps.subList(Math.min(WARMING, steps.size()), steps.size());
    double[] sums = new double[4];
    for (long[] step : warm) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += step[i];
      }
    }
    double all = sums[0] + sums[1] + sums[2] + sums[3];
    return warm.isEmpty()
        ? ""
        : ("%d steps of %.0f ms: gradients %.1f %% (of the executor that took longest), parameters"
                + " out %.1f %%, waiting, scheduling and gradients back %.1f %%, adding %.1f %%")
            .formatted(
                warm.size(),
                all / warm.size() / 1e6,
                100 * sums[0] / all,
                100 * sums[1] / all,
                100 * sums[2] / all,
                100 * sums[3] / all);
  }
}
