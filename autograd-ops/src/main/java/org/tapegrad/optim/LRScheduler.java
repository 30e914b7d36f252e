package org.tapegrad.optim;

import java.util.function.IntToDoubleFunction;
import org.tapegrad.array.Shapes;

/**
 * A schedule of learning rates: sets the optimiser's rate from the number of times {@link #step}
 * was called, once per epoch or per update as the schedule is meant.
 */
public final class LRScheduler {
  private final Optimizer optimizer;
  private final IntToDoubleFunction rate;
  private int step;

  private LRScheduler(Optimizer optimizer, IntToDoubleFunction rate) {
    this.optimizer = optimizer;
    this.rate = rate;
  }

  /** The initial rate, multiplied by gamma after every {@code stepSize} steps. */
  public static LRScheduler stepLR(Optimizer optimizer, int stepSize, double gamma) {
    double initial = Shapes.given("stepLR", "optimizer", optimizer).learningRate();
    if (stepSize < 1) {
      throw new IllegalArgumentException("stepLR: stepSize must be >= 1, was " + stepSize);
    }
    Optimizer.atLeastZero("gamma", gamma);
    return new LRScheduler(optimizer, t -> initial * Math.pow(gamma, t / stepSize));
  }

  /**
   * From the initial rate to etaMin after tMax steps and back, along a cosine (Loshchilov, Hutter
   * 2016, arXiv:1608.03983, without restarts).
   */
  public static LRScheduler cosineAnnealingLR(Optimizer optimizer, int tMax, double etaMin) {
    double initial = Shapes.given("cosineAnnealingLR", "optimizer", optimizer).learningRate();
    if (tMax < 1) {
      throw new IllegalArgumentException("cosineAnnealingLR: tMax must be >= 1, was " + tMax);
    }
    Optimizer.atLeastZero("etaMin", etaMin);
    return new LRScheduler(
        optimizer, t -> etaMin + (initial - etaMin) * (1 + Math.cos(Math.PI * t / tMax)) / 2);
  }

  /** One step further; sets the optimiser's rate. */
  public void step() {
    step(step + 1);
  }

  /** As if step() had been called this often; for going on with a stopped training. */
  public void step(int to) {
    if (to < 0) {
      throw new IllegalArgumentException("step: needs a number of steps >= 0, was " + to);
    }
    step = to;
    optimizer.setLearningRate(rate.applyAsDouble(to));
  }
}
