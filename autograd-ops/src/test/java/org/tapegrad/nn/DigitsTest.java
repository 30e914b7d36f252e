package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Losses;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.LRScheduler;
import org.tapegrad.optim.Optimizer;

/** A small network with instance norm learns to read handwritten digits, in float32. */
class DigitsTest {
  /** Side of a digit in pixels. */
  private static final int SIDE = 20;

  private static final int COLUMNS = 100;

  /** Rows of the picture that show the same digit; the last of them is held out. */
  private static final int ROWS = 5;

  private static final int BATCH = 50;
  private static final int EPOCHS = 4;

  /** Images [count, 1, 20, 20] of brightness -1 to 1, and the digits they show. */
  private record Digits(NdArray images, int[] labels) {
    Digits batch(int[] order, int start, int size) {
      float[] batch = new float[size * SIDE * SIDE];
      int[] shown = new int[size];
      int pixels = SIDE * SIDE;
      for (int i = 0; i < size; i++) {
        float[] image = images.slice(0, order[start + i], order[start + i] + 1).toFloatArray();
        System.arraycopy(image, 0, batch, i * pixels, pixels);
        shown[i] = labels[order[start + i]];
      }
      return new Digits(NdArray.of(batch, size, 1, SIDE, SIDE), shown);
    }
  }

  private static Digits read(boolean heldOut) throws IOException {
    BufferedImage picture = ImageIO.read(DigitsTest.class.getResource("/digits.png"));
    assertEquals(COLUMNS * SIDE, picture.getWidth());
    assertEquals(10 * ROWS * SIDE, picture.getHeight());
    int rows = heldOut ? 1 : ROWS - 1;
    int count = 10 * rows * COLUMNS;
    float[] values = new float[count * SIDE * SIDE];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i / (rows * COLUMNS);
      int row = labels[i] * ROWS + (heldOut ? ROWS - 1 : i / COLUMNS % rows);
      for (int p = 0; p < SIDE * SIDE; p++) {
        int x = i % COLUMNS * SIDE + p % SIDE;
        int y = row * SIDE + p / SIDE;
        values[i * SIDE * SIDE + p] = picture.getRaster().getSample(x, y, 0) / 127.5f - 1;
      }
    }
    return new Digits(NdArray.of(values, count, 1, SIDE, SIDE), labels);
  }

  private static Sequential network(SplittableRandom random) {
    Conv2d.Options same =
        Conv2d.Options.DEFAULT.withPadding(1, Conv2d.PaddingMode.ZEROS).withBias(false);
    return new Sequential()
        .add("conv1", new Conv2d(DType.FLOAT32, random, 1, 8, 3, same))
        .add("norm1", new InstanceNorm2d(DType.FLOAT32, 8))
        .add("relu1", Lambda.relu())
        .add("pool1", Lambda.maxPool2d(2))
        .add("conv2", new Conv2d(DType.FLOAT32, random, 8, 16, 3, same))
        .add("norm2", new InstanceNorm2d(DType.FLOAT32, 16))
        .add("relu2", Lambda.relu())
        .add("pool2", Lambda.maxPool2d(2))
        .add("flatten", Lambda.flatten())
        .add("linear", new Linear(DType.FLOAT32, random, 16 * 5 * 5, 10));
  }

  @Test
  void learnsToReadDigits() {
    double accuracy = assertTimeout(Duration.ofMinutes(1), DigitsTest::trainedAccuracy);
    assertTrue(accuracy > 0.94, "accuracy on held-out digits is " + accuracy);
  }

  private static double trainedAccuracy() throws IOException {
    SplittableRandom random = new SplittableRandom(2026);
    Sequential net = network(random);
    Digits digits = read(false);
    int steps = digits.labels.length / BATCH;
    Optimizer adam = new Adam(net.parameters(), 4e-3);
    LRScheduler schedule = LRScheduler.cosineAnnealingLR(adam, EPOCHS * steps, 0);
    Workspace workspace = new Workspace();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      int[] order = shuffled(digits.labels.length, random);
      for (int s = 0; s < steps; s++) {
        Digits batch = digits.batch(order, s * BATCH, BATCH);
        try (Workspace.Step step = workspace.step()) {
          Tensor x = step.tape().constant(batch.images);
          Tensor loss = Losses.crossEntropy(net.forward(x), batch.labels);
          adam.step(step.tape().gradientOf(loss, net.parameters()));
        }
        schedule.step();
      }
    }
    net.eval();
    return accuracy(net, read(true));
  }

  private static int[] shuffled(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static double accuracy(Sequential net, Digits digits) {
    NdArray scores = net.forward(Tape.inference().constant(digits.images)).value();
    int right = 0;
    for (int i = 0; i < digits.labels.length; i++) {
      int best = 0;
      for (int d = 1; d < 10; d++) {
        best = scores.get(i, d) > scores.get(i, best) ? d : best;
      }
      right += best == digits.labels[i] ? 1 : 0;
    }
    return (double) right / digits.labels.length;
  }
}
