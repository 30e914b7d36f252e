package org.tapegrad.examples.spark;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.ImageGradients;
import org.tapegrad.examples.style.Painter;
import org.tapegrad.examples.style.PainterOptions;
import org.tapegrad.examples.style.StepSum;
import org.tapegrad.examples.style.StyleTransfer;
import org.tapegrad.examples.style.Training;
import picocli.CommandLine;

/** Shows on this machine what the module promises, in a minute or two. */
final class Demonstration {
  private static final int SIZE = 64;
  private static final int STEPS = 5;
  private static final int BATCH = 4;

  /** The step, counted from 0, in which an executor is killed. */
  private static final int KILLED = 2;

  /** Photographs that are repainted, and their height and width. */
  private static final int PHOTOGRAPHS = 16;

  private static final int SIDE = 192;

  /** So often they are repainted: Java compiles at first. */
  private static final int ROUNDS = 3;

  private final PrintStream out;
  private final List<String> times = new ArrayList<>();
  private final List<String> throughput = new ArrayList<>();
  private End here;

  /** What a training ends with. */
  private record End(double loss, List<float[]> parameters) {
    boolean isSame(End other) {
      return loss == other.loss
          && Arrays.deepEquals(parameters.toArray(), other.parameters.toArray());
    }
  }

  Demonstration(PrintStream out) {
    this.out = out;
  }

  /** All of it, in a temporary folder. */
  void run() {
    try {
      Path folder = Files.createTempDirectory("tapegrad-spark");
      try {
        run(folder);
      } finally {
        try (Stream<Path> all = Files.walk(folder)) {
          for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(Path folder) throws IOException {
    Path photographs = folder.resolve("in");
    writePhotographs(photographs);
    out.printf(
        "Training, %d steps of %d images of %dx%d, in this process and on executors of one core.%n%n",
        STEPS, BATCH, SIZE, SIZE);
    out.println("| executors | partitions | last loss | weights | bit-equal |");
    out.println("| --- | --- | --- | --- | --- |");
    here = train(StepSum::here);
    row("none", 1, here);
    throughput.add("this process, %s".formatted(repaintedHere(photographs)));
    for (int executors = 1; executors <= 2; executors++) {
      try (Cluster cluster = new Cluster(executors)) {
        show(cluster, executors);
        throughput.add(
            "%d executors, %s".formatted(executors, repainted(cluster, executors, photographs)));
      }
    }
    out.println("\nWhere the time of a step goes, without the first:\n");
    times.forEach(out::println);
    out.printf(
        "%n%d photographs of %dx%d, repainted for the third time:%n%n", PHOTOGRAPHS, SIDE, SIDE);
    throughput.forEach(out::println);
  }

  private void show(Cluster cluster, int executors) {
    for (int partitions = executors; partitions <= 2 * executors; partitions += executors) {
      StepTimes steps = new StepTimes();
      int parts = partitions;
      row(
          String.valueOf(executors),
          parts,
          train(images -> new SparkSum(cluster.context(), images, parts, steps)));
      times.add("%d executors, %d partitions, %s".formatted(executors, parts, steps.line()));
    }
    if (executors > 1) {
      ExecutorKill kill = new ExecutorKill();
      cluster.context().sc().addSparkListener(kill);
      End end =
          train(
              images -> {
                SparkSum sum = new SparkSum(cluster.context(), images, executors, new StepTimes());
                return kill.inStep(KILLED, sum);
              });
      row(
          "%d, process %d killed in step %d".formatted(executors, kill.pid(), KILLED + 1),
          executors,
          end);
    }
  }

  private static End train(Function<ImageGradients, StepSum> where) {
    Training training = Training.bundled(SIZE, STEPS, BATCH, where);
    double loss = 0;
    for (int step = 0; step < STEPS; step++) {
      loss = training.step();
    }
    return new End(loss, training.images().parameters());
  }

  private void row(String executors, int partitions, End end) {
    if (!end.isSame(here)) {
      throw new Failure(Failure.UNFORESEEN, "bits differ with %s executors".formatted(executors));
    }
    out.printf(
        "| %s | %d | %s | %08x | yes |%n",
        executors, partitions, end.loss, Arrays.deepHashCode(end.parameters.toArray()));
  }

  private static void writePhotographs(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream in = Painter.class.getResourceAsStream("images/coffee.jpg")) {
      BufferedImage photograph = ImageIO.read(in);
      for (int i = 0; i < PHOTOGRAPHS; i++) {
        BufferedImage part = photograph.getSubimage(8 * i, 8 * i, SIDE, SIDE);
        ImageIO.write(part, "png", folder.resolve("photograph%02d.png".formatted(i)).toFile());
      }
    }
  }

  /** The last time, when Java has compiled. */
  private static String repaintedHere(Path photographs) throws IOException {
    Painter painter = new PainterOptions().painter();
    long start = 0;
    for (int round = 0; round < ROUNDS; round++) {
      start = System.nanoTime();
      for (int i = 0; i < PHOTOGRAPHS; i++) {
        String name = "photograph%02d.png".formatted(i);
        painter.repaint(Files.readAllBytes(photographs.resolve(name)), name);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return "all cores: %.2f photographs/s".formatted(PHOTOGRAPHS / seconds);
  }

  /** What apply says the last time. */
  private static String repainted(Cluster cluster, int executors, Path photographs) {
    StringWriter said = new StringWriter();
    for (int round = 0; round < ROUNDS; round++) {
      said.getBuffer().setLength(0);
      Path to = photographs.resolveSibling("out-%d-%d".formatted(executors, round));
      StyleTransfer.reporting(new CommandLine(new ApplyCommand(cluster)))
          .setOut(new PrintWriter(said))
          .execute(photographs.toString(), to.toString());
    }
    return said.toString().strip();
  }
}
