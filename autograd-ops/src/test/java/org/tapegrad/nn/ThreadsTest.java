package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Losses;
import org.tapegrad.optim.Adam;

/** A training takes the same steps, bit for bit, with any number of threads. */
class ThreadsTest {
  private static final ChannelNorm.Options TRACKING = ChannelNorm.Options.TRACKING;

  /** Layers of every kind; images large enough that each of them is cut into tasks. */
  private static Sequential network(DType dtype) {
    SplittableRandom random = new SplittableRandom(1);
    Conv2d.Options down =
        Conv2d.Options.DEFAULT.withStride(2).withPadding(1, Conv2d.PaddingMode.REFLECT);
    return new Sequential(
        new Conv2d(dtype, random, 3, 16, 5, Conv2d.Options.DEFAULT),
        new InstanceNorm2d(dtype, 16, TRACKING),
        Lambda.gelu(),
        new Conv2d(dtype, random, 16, 24, 3, down),
        new BatchNorm2d(dtype, 24),
        Lambda.maxPool2d(2),
        new Residual(new Conv2d(dtype, random, 24, 24, 1, Conv2d.Options.DEFAULT), Lambda.tanh()),
        Lambda.upsampleBilinear(2),
        Lambda.avgPool2d(3),
        Lambda.flatten(),
        new Linear(dtype, random, 24 * 10 * 10, 5));
  }

  private static List<NdArray> train(DType dtype) {
    Sequential net = network(dtype);
    Adam adam = new Adam(net.parameters(), 0.01);
    NdArray images = NdArray.normal(dtype, new SplittableRandom(2), 0, 1, 3, 3, 65, 65);
    List<NdArray> seen = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      Tape tape = new Tape();
      Tensor loss = Losses.crossEntropy(net.forward(tape.constant(images)), 0, 4, 2);
      adam.step(tape.gradientOf(loss, net.parameters()));
      seen.add(loss.value());
    }
    seen.addAll(net.state().values());
    return seen;
  }

  private static List<NdArray> trainIn(int threads, DType dtype) {
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      return pool.submit(() -> train(dtype)).join();
    } finally {
      pool.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void trainsAlikeWithAnyNumberOfThreads(DType dtype) {
    List<NdArray> alone = trainIn(1, dtype);
    for (int threads : new int[] {2, 3, 8}) {
      assertEquals(alone, trainIn(threads, dtype), threads + " threads");
    }
  }
}
