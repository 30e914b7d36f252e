package org.tapegrad.examples.spark;

import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.tapegrad.array.DType;
import org.tapegrad.examples.style.Failure;

/**
 * What last digits depend on beside the numbers that are computed with: where it is the same,
 * results are.
 *
 * @param kernels with their vector width
 * @param java the version of Java and what it runs on
 */
record Machine(String kernels, String java) implements Serializable {
  /** The one that this runs on. */
  static Machine here() {
    return new Machine(
        DType.kernelSet(), Runtime.version() + " on " + System.getProperty("os.arch"));
  }

  /** Refuses to compute for this machine on another one here. */
  void requireSame() {
    Machine here = here();
    if (!equals(here)) {
      throw new Failure(
          Cluster.SPARK,
          ("executor %s has %s, the driver %s: bits would differ; all need the same Java, vectors of"
                  + " one width and --add-modules jdk.incubator.vector")
              .formatted(SparkEnv.get().executorId(), here, this));
    }
  }

  @Override
  public String toString() {
    return "kernels '%s' and Java %s".formatted(kernels, java);
  }
}
