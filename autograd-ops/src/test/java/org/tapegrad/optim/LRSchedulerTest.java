package org.tapegrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LRSchedulerTest {
  private final Optimizer optimizer = new SGD(List.of(), 0.8);

  private void assertRates(LRScheduler schedule, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], optimizer.learningRate(), 1e-15, "after " + i + " steps");
      schedule.step();
    }
  }

  @Test
  void stairs() {
    assertRates(LRScheduler.stepLR(optimizer, 2, 0.5), 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1);
  }

  @Test
  void cosine() {
    double root = Math.sqrt(0.5);
    assertRates(
        LRScheduler.cosineAnnealingLR(optimizer, 4, 0.2),
        0.8,
        0.5 + 0.3 * root,
        0.5,
        0.5 - 0.3 * root,
        0.2,
        0.5 - 0.3 * root);
  }

  @Test
  void shortestPeriods() {
    assertRates(LRScheduler.stepLR(optimizer, 1, 0.5), 0.8, 0.4, 0.2);
    optimizer.setLearningRate(1);
    assertRates(LRScheduler.cosineAnnealingLR(optimizer, 1, 0.5), 1, 0.5, 1);
  }

  @Test
  void goesOnWhereItStopped() {
    LRScheduler schedule = LRScheduler.stepLR(optimizer, 2, 0.5);
    schedule.step(3);
    assertEquals(0.4, optimizer.learningRate());
    schedule.step();
    assertEquals(0.2, optimizer.learningRate());
    schedule.step(0);
    assertEquals(0.8, optimizer.learningRate());
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LRScheduler.stepLR(optimizer, 0, 0.5));
    assertThrows(
        IllegalArgumentException.class, () -> LRScheduler.cosineAnnealingLR(optimizer, 0, 0));
    LRScheduler schedule = LRScheduler.stepLR(optimizer, 2, 0.5);
    assertThrows(IllegalArgumentException.class, () -> schedule.step(-1));
  }
}
