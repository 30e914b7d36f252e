package org.tapegrad.examples.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.examples.style.ImageGradients;
import org.tapegrad.examples.style.StepSum;
import org.tapegrad.examples.style.Training;

/** On executors that are processes of their own, of one core each. */
class GradientSumTest {
  private static final int STEPS = 2;

  private static double[] losses;
  private static List<float[]> parameters;

  private static Training train(Function<ImageGradients, StepSum> where, double[] losses) {
    Training training = Training.bundled(52, STEPS, 5, where);
    for (int step = 0; step < STEPS; step++) {
      losses[step] = training.step();
    }
    return training;
  }

  @BeforeAll
  static void theSameLoopWithoutSpark() {
    losses = new double[STEPS];
    parameters = train(StepSum::here, losses).images().parameters();
  }

  private static void assertSameBits(Function<ImageGradients, StepSum> where) {
    double[] found = new double[STEPS];
    Training training = train(where, found);
    assertArrayEquals(losses, found);
    List<float[]> trained = training.images().parameters();
    assertEquals(parameters.size(), trained.size());
    for (int i = 0; i < parameters.size(); i++) {
      assertArrayEquals(parameters.get(i), trained.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void theNumberOfExecutorsMakesNoDifference(int executors) {
    try (Cluster cluster = new Cluster(executors)) {
      StepTimes times = new StepTimes();
      assertSameBits(images -> new SparkSum(cluster.context(), images, executors, times));
      assertTrue(times.line().startsWith("1 steps of"), times.line());
    }
  }

  @Test
  void neitherPartitionsNorAKillOfTwoExecutorsMakeADifference() {
    try (Cluster cluster = new Cluster(2)) {
      for (int partitions : new int[] {1, 2, 3, 4}) {
        StepTimes times = new StepTimes();
        assertSameBits(images -> new SparkSum(cluster.context(), images, partitions, times));
      }
      ExecutorKill kill = new ExecutorKill();
      cluster.context().sc().addSparkListener(kill);
      assertSameBits(
          images -> kill.inStep(1, new SparkSum(cluster.context(), images, 2, new StepTimes())));
      assertFalse(ProcessHandle.of(kill.pid()).map(ProcessHandle::isAlive).orElse(false));
      assertTrue(kill.lostTasks() > 0, "no task was lost");
    }
  }
}
