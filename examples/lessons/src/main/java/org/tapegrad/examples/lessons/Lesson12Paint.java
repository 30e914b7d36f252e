package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.LinearAlgebra.gramMatrix;
import static org.tapegrad.ops.Losses.crossEntropy;
import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Pyramid.downsample;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.lessons.book.Picture;
import org.tapegrad.examples.lessons.book.Plot;
import org.tapegrad.nn.Conv2d;
import org.tapegrad.nn.InstanceNorm2d;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Linear;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Residual;
import org.tapegrad.nn.Sequential;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.LRScheduler;

/** Train, save, load, repaint. One loop learns to read digits, and then to paint. */
final class Lesson12Paint {
  // A training step is what the eleven lessons before were about: record a loss, walk back, move
  // the parameters. The loop does not know what is learned; that is the business of the loss.

  static double[] train(
      Module network, double rate, int steps, BiFunction<Tape, Integer, Tensor> lossOf) {
    Adam adam = new Adam(network.parameters(), rate);
    LRScheduler schedule = LRScheduler.cosineAnnealingLR(adam, steps, 0);
    Workspace workspace = new Workspace();
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      try (Workspace.Step step = workspace.step()) {
        Tensor loss = lossOf.apply(step.tape(), i);
        losses[i] = loss.item();
        adam.step(step.tape().gradientOf(loss, network.parameters()));
      }
      schedule.step();
    }
    return losses;
  }

  static Module block(SplittableRandom random, int in, int out, int kernel) {
    Conv2d.Options same =
        Conv2d.Options.DEFAULT.withPadding(kernel / 2, Conv2d.PaddingMode.REFLECT).withBias(false);
    return new Sequential(
        new Conv2d(DType.FLOAT32, random, in, out, kernel, same),
        new InstanceNorm2d(DType.FLOAT32, out),
        Lambda.relu());
  }

  static NdArray predict(Module network, NdArray x) {
    return network.forward(Tape.inference().constant(x)).value();
  }

  /** The middle of a picture, 256 pixels wide, in an eighth of the size: [1, 3, 32, 32]. */
  static NdArray small(String file) {
    NdArray all = Picture.read(file);
    int top = (all.size(1) - 256) / 2;
    int left = (all.size(2) - 256) / 2;
    NdArray square = all.slice(1, top, top + 256).slice(2, left, left + 256);
    Tensor x = Tape.inference().constant(square.reshape(1, 3, 256, 256));
    return downsample(downsample(downsample(x))).value();
  }

  private Lesson12Paint() {}

  public static void main(String[] args) throws IOException {
    // ## Digits
    //
    // The sheet has 50 rows of 100 handwritten digits, five rows of each digit. Sorted such that
    // the
    // digits alternate, 50 images in a row are a batch of five of each. The fifth row of each is
    // kept for the examination.

    NdArray digits =
        Picture.read("digits.png")
            .reshape(10, 5, 20, 100, 20)
            .transpose(1, 3, 0, 2, 4)
            .reshape(5000, 1, 20, 20);
    int[] labels = IntStream.range(0, 5000).map(i -> i % 10).toArray();
    SplittableRandom random = new SplittableRandom(2026);
    Sequential reader =
        new Sequential(
            block(random, 1, 8, 3),
            Lambda.maxPool2d(2),
            block(random, 8, 16, 3),
            Lambda.maxPool2d(2),
            Lambda.flatten(),
            new Linear(DType.FLOAT32, random, 400, 10));
    double[] losses =
        train(
            reader,
            0.01,
            Integer.getInteger("dsteps",160),
            (tape, i) -> {
              int start = i % 80 * 50;
              Tensor batch = tape.constant(digits.slice(0, start, start + 50));
              return crossEntropy(reader.forward(batch), java.util.Arrays.copyOf(labels, 50));
            });
    NdArray scores = predict(reader, digits.slice(0, 4000, 5000));
    int right = 0;
    for (int i = 0; i < 1000; i++) {
      int best = 0;
      for (int d = 1; d < 10; d++) {
        best = scores.get(i, d) > scores.get(i, best) ? d : best;
      }
      right += best == i % 10 ? 1 : 0;
    }
    System.out.println(right);

    long t0 = System.nanoTime();
    NdArray style = small(System.getProperty("style", "starry_night.jpg"));
    NdArray cat = small("chelsea.jpg");
    NdArray cup = small("coffee.jpg");
    NdArray rocket = small("rocket.jpg");
    NdArray astronaut = small("astronaut.jpg");
    int F = Integer.getInteger("filters", 32);
    NdArray filters = NdArray.normal(DType.FLOAT32, random, 0, 1, F, 3, 5, 5);
    NdArray zeroMean = filters.minus(filters.meanKeepDims(1, 2, 3)).times(0.3);
    java.util.function.Function<Tensor, List<Tensor>> seen =
        x -> {
          List<Tensor> g = new java.util.ArrayList<>();
          Tensor p = x.minus(0.5);
          for (int l = 0; l < 3; l++) {
            Tensor f =
                org.tapegrad.ops.Activations.relu(
                    org.tapegrad.ops.Convolutions.conv2d(
                        p,
                        x.tape().constant(zeroMean),
                        null,
                        org.tapegrad.ops.Conv2dOptions.DEFAULT.withPadding(2)));
            g.add(gramMatrix(f));
            g.add(gramMatrix(p.plus(0.5)));
            p = downsample(p);
          }
          return g;
        };
    List<NdArray> goal =
        seen.apply(Tape.inference().constant(style)).stream().map(Tensor::value).toList();
    int C = Integer.getInteger("width", 16);
    double cw = Double.parseDouble(System.getProperty("content", "3"));
    Sequential painter =
        new Sequential(
            block(random, 3, C, 5),
            new Residual(block(random, C, C, 3), block(random, C, C, 3)),
            block(random, C, C, 3),
            new Conv2d(
                DType.FLOAT32,
                random,
                C,
                3,
                5,
                Conv2d.Options.DEFAULT.withPadding(2, Conv2d.PaddingMode.REFLECT)),
            Lambda.sigmoid());
    NdArray[] photos = {cat, cup, rocket};
    double[] pl =
        train(
            painter,
            0.01,
            Integer.getInteger("steps", 300),
            (tape, i) -> {
              Tensor photo = tape.constant(photos[i % 3]);
              Tensor painted = painter.forward(photo);
              Tensor loss = meanSquaredError(downsample(painted).mean(1), downsample(photo).mean(1)).times(cw);
              List<Tensor> grams = seen.apply(painted);
              for (int l = 0; l < grams.size(); l++) {
                Tensor g = tape.constant(goal.get(l));
                double size = goal.get(l).square().mean().item();
                loss =
                    loss.plus(
                        meanSquaredError(grams.get(l), g)
                            .dividedBy(size)
                            .plus(1e-8)
                            .sqrt()
                            .dividedBy(grams.size()));
              }
              return loss;
            });
    System.out.printf(
        "%.3f -> %.3f in %.1f s%n", pl[0], pl[pl.length - 1], (System.nanoTime() - t0) * 1e-9);
    java.util.List<Tensor> strip = new java.util.ArrayList<>();
    Tape inf = Tape.inference();
    strip.add(inf.constant(style));
    for (NdArray a :
        new NdArray[] {
          cat,
          predict(painter, cat),
          cup,
          predict(painter, cup),
          rocket,
          predict(painter, rocket),
          astronaut,
          predict(painter, astronaut)
        }) {
      strip.add(inf.constant(a));
    }
    NdArray all =
        org.tapegrad.ops.Concatenation.concat(strip, 3).value().reshape(3, 32, 32 * strip.size());
    show("strip", all);
    show(
        new Plot("loss", "step", "loss")
            .curve("paint", IntStream.range(0, pl.length).asDoubleStream().toArray(), pl));
  }
}
