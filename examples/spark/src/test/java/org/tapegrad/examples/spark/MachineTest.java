package org.tapegrad.examples.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.tapegrad.examples.style.Failure;

class MachineTest {
  @Test
  void anotherJavaIsRefused() {
    Machine here = Machine.here();
    here.requireSame("7");
    Machine driver = new Machine(here.kernels(), "11.0.1 on amd64");
    Failure failure = assertThrows(Failure.class, () -> driver.requireSame("7"));
    assertEquals(Cluster.SPARK, failure.exitCode());
    assertEquals(
        "executor 7 has %s, the driver kernels '%s' and Java 11.0.1 on amd64: bits would differ; all"
                .formatted(here, here.kernels())
            + " need the same Java, vectors of one width and --add-modules jdk.incubator.vector",
        failure.getMessage());
  }
}
