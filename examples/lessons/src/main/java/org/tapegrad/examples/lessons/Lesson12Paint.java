package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Concatenation.concat;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.LinearAlgebra.gramMatrix;
import static org.tapegrad.ops.Losses.crossEntropy;
import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Pyramid.downsample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.lessons.book.Picture;
import org.tapegrad.examples.lessons.book.Plot;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Conv2d;
import org.tapegrad.nn.InstanceNorm2d;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Linear;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Residual;
import org.tapegrad.nn.Sequential;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.LRScheduler;

/** Train, save, load, repaint. One loop learns to read digits, and then to paint. */
final class Lesson12Paint {
  // A training step is what eleven lessons were about: record a loss, walk back, move the
  // parameters. The loop does not know what is being learned; that is the business of the loss.

  static double[] train(
      Module network, int steps, List<NdArray> batches, UnaryOperator<Tensor> lossOf) {
    Adam adam = new Adam(network.parameters(), 0.01);
    LRScheduler schedule = LRScheduler.cosineAnnealingLR(adam, steps, 0);
    Workspace workspace = new Workspace();
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      try (Workspace.Step step = workspace.step()) {
        Tensor x = step.tape().constant(batches.get(i % batches.size()));
        Tensor loss = lossOf.apply(x);
        losses[i] = loss.item();
        adam.step(step.tape().gradientOf(loss, network.parameters()));
      }
      schedule.step();
    }
    return losses;
  }

  /** A convolution that keeps the size, instance norm, a rectifier. */
  static Module block(SplittableRandom random, int in, int out, int kernel) {
    Conv2d.Options same =
        Conv2d.Options.DEFAULT.withPadding(kernel / 2, Conv2d.PaddingMode.REFLECT).withBias(false);
    Conv2d convolution = new Conv2d(DType.FLOAT32, random, in, out, kernel, same);
    return new Sequential(convolution, new InstanceNorm2d(DType.FLOAT32, out), Lambda.relu());
  }

  static NdArray predict(Module network, NdArray x) {
    return network.forward(Tape.inference().constant(x)).value();
  }

  static Module painter(SplittableRandom random) {
    Conv2d.Options same = Conv2d.Options.DEFAULT.withPadding(2, Conv2d.PaddingMode.REFLECT);
    return new Sequential(
        block(random, 3, 16, 5),
        new Residual(block(random, 16, 16, 3), block(random, 16, 16, 3)),
        block(random, 16, 16, 3),
        new Conv2d(DType.FLOAT32, random, 16, 3, 5, same),
        Lambda.sigmoid());
  }

  /** How far two pictures are apart in style, at so many sizes. */
  static Tensor style(Tensor x, Tensor goal, NdArray filters, int sizes) {
    Tensor wanted = gramMatrix(seen(goal, filters));
    Tensor difference = gramMatrix(seen(x, filters)).minus(wanted);
    Tensor distance = difference.square().sum().dividedBy(wanted.square().sum()).plus(1e-8).sqrt();
    return sizes == 1
        ? distance
        : distance.plus(style(downsample(x), downsample(goal), filters, sizes - 1));
  }

  /** The colours of a picture and what filters make of them. */
  static Tensor seen(Tensor x, NdArray filters) {
    Conv2dOptions same = Conv2dOptions.DEFAULT.withPadding(2);
    return concat(List.of(x, relu(conv2d(x, x.tape().constant(filters), null, same))), 1);
  }

  private Lesson12Paint() {}

  public static void main(String[] args) throws IOException {
    // ## Reading
    //
    // The sheet shows 5000 handwritten digits, 20 pixels wide, five rows of a hundred for each. One
    // transposition makes them alternate, 0 1 2 ... 9 0 1 2 ..., so that any fifty in a row are a
    // batch with five of each. The last thousand are kept for the examination.

    NdArray sheet = Picture.read("digits.png").reshape(10, 5, 20, 100, 20);
    NdArray digits = sheet.transpose(1, 3, 0, 2, 4).reshape(5000, 1, 20, 20);
    List<NdArray> batches =
        IntStream.range(0, 80).mapToObj(i -> digits.slice(0, 50 * i, 50 * i + 50)).toList();
    int[] shown = IntStream.range(0, 50).map(i -> i % 10).toArray();
    SplittableRandom random = new SplittableRandom(2026);
    Sequential reader =
        new Sequential(
            block(random, 1, 8, 3),
            Lambda.maxPool2d(2),
            block(random, 8, 16, 3),
            Lambda.maxPool2d(2),
            Lambda.flatten(),
            new Linear(DType.FLOAT32, random, 400, 10));
    double[] reading = train(reader, 160, batches, x -> crossEntropy(reader.forward(x), shown));

    NdArray scores = predict(reader, digits.slice(0, 4000, 5000));
    NdArray highest = scores.max(1);
    long count =
        IntStream.range(0, 1000).filter(i -> scores.get(i, i % 10) == highest.get(i)).count();
    System.out.println(count + " of 1000 digits that it has never seen");
    check("nine in ten are read", count > 900);

    // ## Painting
    //
    // The same loop, another loss (Gatys et al. 2016, Johnson et al. 2016): what the picture shows
    // should be light and dark as in the photograph, and its *style* that of the painting. Style is
    // how colours and the responses of filters occur together, wherever: their Gram matrix, at
    // three sizes. Random filters are good enough for 32 by 32 pixels.

    NdArray noise = NdArray.normal(DType.FLOAT32, random, 0, 0.3, 32, 3, 5, 5);
    NdArray filters = noise.minus(noise.meanKeepDims(1, 2, 3));
    NdArray starryNight = Picture.read("starry_night.jpg", 32);
    List<NdArray> photographs =
        Stream.of("chelsea", "coffee", "rocket").map(p -> Picture.read(p + ".jpg", 32)).toList();
    Module painter = painter(random);
    UnaryOperator<Tensor> loss =
        x -> {
          Tensor painted = painter.forward(x);
          Tensor content = meanSquaredError(downsample(painted).mean(1), downsample(x).mean(1));
          Tensor style = style(painted, x.tape().constant(starryNight), filters, 3);
          return content.times(60).plus(style);
        };
    double[] painting = train(painter, 300, photographs, loss);
    show(
        new Plot("One loop, two losses", "step", "loss")
            .curve("reading", reading)
            .curve("painting", painting));
    check("painting is learned, too", painting[299] < painting[0] / 2);

    // ## Save, load, repaint
    //
    // A network is its named arrays. Written to a file and read into a network that was made with
    // other random numbers, they paint the same picture, to the bit. The last photograph was in no
    // step of the training.

    Path file = Files.createTempFile("painter", ".safetensors");
    new Safetensors(painter.state(), Map.of()).write(file);
    Module loaded = painter(random);
    loaded.load(Safetensors.read(file).tensors());
    System.out.printf("%d bytes in %d arrays%n", Files.size(file), loaded.state().size());
    Files.delete(file);

    NdArray astronaut = Picture.read("astronaut.jpg", 32);
    List<NdArray> strip = new ArrayList<>(List.of(starryNight));
    for (NdArray photograph : photographs) {
      strip.addAll(List.of(photograph, predict(loaded, photograph)));
    }
    NdArray repainted = predict(loaded, astronaut);
    strip.addAll(List.of(astronaut, repainted));
    show("the painting, then photographs and what became of them", strip);
    check("the loaded one paints the same", repainted.equals(predict(painter, astronaut)));

    Tape tape = Tape.inference();
    Tensor goal = tape.constant(starryNight);
    double before = style(tape.constant(astronaut), goal, filters, 3).item();
    double after = style(tape.constant(repainted), goal, filters, 3).item();
    System.out.printf("distance from the painting's style: %.2f, repainted %.2f%n", before, after);
    check("the style has come nearer by half", after < before / 2);
  }
}
