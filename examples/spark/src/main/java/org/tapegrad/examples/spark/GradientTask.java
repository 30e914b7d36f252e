package org.tapegrad.examples.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.ImageGradients;
import org.tapegrad.examples.style.TrainingPlan;
import org.tapegrad.examples.style.TreeSum;

/**
 * Computes the gradients of some images of a step, on an executor.
 *
 * @param parameters what the network has at this step
 * @param machine what the executor must be like
 */
record GradientTask(
    Broadcast<TrainingPlan> plan, Broadcast<List<float[]>> parameters, int step, Machine machine)
    implements Function<GradientTask.Range, GradientTask.Part> {
  private static final Pool<ImageGradients> POOL = new Pool<>();

  /** The images [from, to). */
  record Range(int from, int to) implements Serializable {}

  /**
   * What came of it.
   *
   * @param failure in words, or null
   * @param exitCode of the failure
   * @param fetching nanoseconds until the parameters were there
   * @param computing nanoseconds
   */
  record Part(
      TreeSum sum, String failure, int exitCode, String executor, long fetching, long computing)
      implements Serializable {}

  @Override
  public Part call(Range range) {
    String executor = SparkEnv.get().executorId();
    try {
      machine.requireSame(executor);
      return POOL.use(
          plan.id(), () -> plan.value().open(), images -> part(images, range, executor));
    } catch (Failure e) { // to be told, not to be tried again
      return new Part(null, e.getMessage(), e.exitCode(), executor, 0, 0);
    }
  }

  private Part part(ImageGradients images, Range range, String executor) {
    long start = System.nanoTime();
    images.load(parameters.value());
    long loaded = System.nanoTime();
    TreeSum sum = images.sum(step, range.from, range.to);
    return new Part(sum, null, 0, executor, loaded - start, System.nanoTime() - loaded);
  }
}
