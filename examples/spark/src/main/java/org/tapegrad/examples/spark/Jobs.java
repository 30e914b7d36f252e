package org.tapegrad.examples.spark;

import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.tapegrad.examples.style.Failure;

/** Runs jobs of Spark. */
final class Jobs {
  private Jobs() {}

  /**
   * All results, in the order of the tasks.
   *
   * @throws Failure if Spark gave up
   */
  static <T> List<T> collect(Supplier<JavaRDD<T>> job) {
    try {
      return job.get().collect();
    } catch (Exception e) { // Scala does not declare what is thrown
      throw e instanceof Failure failure
          ? failure
          : new Failure(Cluster.SPARK, "Spark gave up: " + Cluster.line(e), e);
    }
  }
}
