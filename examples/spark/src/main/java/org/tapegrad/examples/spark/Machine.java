package org.tapegrad.examples.spark;

import java.io.Serializable;
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

  /**
   * Refuses to compute for this machine where another one is.
   *
   * @param executor the one here, for the message
   */
  void requireSame(String executor) {
    Machine here = here();
    if (!equals(here)) {
      throw new Failure(
          Cluster.SPARK,
          ("executor %s has %s, the driver %s: bits would differ; all need the same Java, vectors of"
                  + " one width and --add-modules jdk.incubator.vector")
              .formatted(executor, here, this));
    }
  }

  @Override
  public String toString() {
    return "kernels '%s' and Java %s".formatted(kernels, java);
  }
}
