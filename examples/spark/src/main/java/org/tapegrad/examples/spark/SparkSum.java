package org.tapegrad.examples.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.tapegrad.examples.spark.GradientTask.Part;
import org.tapegrad.examples.spark.GradientTask.Range;
import org.tapegrad.examples.style.Contribution;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.ImageGradients;
import org.tapegrad.examples.style.StepSum;
import org.tapegrad.examples.style.TrainingPlan;
import org.tapegrad.examples.style.TreeSum;

/**
 * Synchronous data parallelism: every step sends the parameters to the executors, which compute the
 * gradients of their images, and adds up what comes back in the order of the images.
 */
final class SparkSum implements StepSum {
  private final JavaSparkContext context;
  private final ImageGradients images;
  private final Broadcast<TrainingPlan> plan;
  private final List<Range> ranges = new ArrayList<>();
  private final StepTimes times;

  /**
   * Ready for the first step.
   *
   * @param partitions tasks of a step, no more than there are images
   */
  SparkSum(JavaSparkContext context, ImageGradients images, int partitions, StepTimes times) {
    this.context = context;
    this.images = images;
    this.times = times;
    plan = context.broadcast(images.plan());
    int batch = images.images();
    int parts = Math.min(partitions, batch);
    for (int part = 0; part < parts; part++) {
      ranges.add(new Range(part * batch / parts, (part + 1) * batch / parts));
    }
  }

  @Override
  public Contribution of(int step) {
    long start = System.nanoTime();
    Broadcast<List<float[]>> parameters = context.broadcast(images.parameters());
    long sent = System.nanoTime();
    List<Part> parts = run(new GradientTask(plan, parameters, step, Machine.here()));
    long back = System.nanoTime();
    TreeSum sum = new TreeSum();
    parts.forEach(part -> sum.addAll(part.sum()));
    Contribution total = sum.total(images.images());
    parameters.destroy();
    times.add(parts, sent - start, back - sent, System.nanoTime() - back);
    return total;
  }

  private List<Part> run(GradientTask task) {
    List<Part> parts = Jobs.collect(() -> context.parallelize(ranges, ranges.size()).map(task));
    for (Part part : parts) {
      if (part.failure() != null) {
        throw new Failure(part.exitCode(), part.failure());
      }
    }
    return parts;
  }
}
