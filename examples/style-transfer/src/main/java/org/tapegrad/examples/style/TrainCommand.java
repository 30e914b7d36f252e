package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network on photographs and a painting, then repaints a photograph it has not seen. */
@Command(
    name = "train",
    description =
        "Trains a network to repaint photographs in the manner of a painting, then repaints a"
            + " photograph that it was not trained on. Beside MODEL it writes the repainted"
            + " photograph, strips photograph | painting | result at stages of the training, and a"
            + " plot of the loss.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  static final String DEFAULT_MODEL = "style-transfer-out/model.safetensors";

  /** Steps between two checkpoints; the first comes after one step. */
  private static final int CHECKPOINT_EVERY = 50;

  /** The short side of the painting, in sides of the training picture: strokes can be seen. */
  private static final double STROKES = 1.4;

  /** A new network that leaves more of the loss, in percent, has failed. */
  private static final double MOST_LOSS_LEFT = 50;

  private final Function<ImageGradients, StepSum> where;

  @Spec private CommandSpec spec;

  @Option(
      names = "--style",
      paramLabel = "S",
      description =
          "the painting: a file, or one of the bundled starry-night, stained-glass, pen-hatching,"
              + " dots; given more than once, the network learns all (default: starry-night)")
  private List<String> styles = List.of(Painting.bundled().get(0));

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "a trained model, which learns the paintings of --style as further styles: gamma and beta"
              + " of its norms alone, in fewer --steps")
  private Path from;

  @Option(
      names = "--style-size",
      paramLabel = "N",
      description =
          "a painting with a longer short side is made smaller, and its strokes with it (default:"
              + " 1.4 times --size)")
  private Integer styleSize;

  @Mixin private FeaturesOption features = new FeaturesOption();

  @Option(
      names = "--content",
      paramLabel = "DIR",
      description = "the folder of photographs, with those below it (default: the bundled ones)")
  private Path content;

  @Option(
      names = "--photo",
      paramLabel = "P",
      description = "the photograph to repaint (default: the bundled cat)")
  private Path photo;

  @Option(names = "--size", paramLabel = "N", description = "train on parts of N x N pixels")
  private int size = Settings.DEFAULT.size();

  @Option(names = "--steps", paramLabel = "N", description = "updates of the network")
  private int steps = Settings.DEFAULT.steps();

  @Option(names = "--batch", paramLabel = "N", description = "photographs in each step")
  private int batch = Settings.DEFAULT.batch();

  @Option(
      names = "--content-weight",
      paramLabel = "W",
      description = "more keeps more of the photograph, less paints more freely")
  private double contentWeight = Settings.DEFAULT.contentWeight();

  @Option(
      names = "--colour-weight",
      paramLabel = "W",
      description = "more has more of the painting's colours (sliced Wasserstein distance)")
  private double colourWeight = Settings.DEFAULT.appearance().colours();

  @Option(
      names = "--smoothness",
      paramLabel = "W",
      description = "more has less fine texture (total variation)")
  private double smoothness = Settings.DEFAULT.appearance().roughness();

  @Option(
      names = "--tone-weight",
      paramLabel = "W",
      description = "more keeps light areas light and dark ones dark")
  private double toneWeight = Settings.DEFAULT.appearance().tone();

  @Option(names = "--learning-rate", paramLabel = "R", description = "of Adam, at its highest")
  private double learningRate = Settings.DEFAULT.learningRate();

  @Option(names = "--seed", paramLabel = "N", description = "decides on everything random")
  private long seed = Settings.DEFAULT.seed();

  @Option(names = "--out", paramLabel = "MODEL", description = "where to write the trained model")
  private Path out = Path.of(DEFAULT_MODEL);

  @Mixin private PictureLimit limit = new PictureLimit();

  @Option(
      names = "--resume",
      description = "go on where an earlier run with this MODEL and the same settings stopped")
  private boolean resume;

  @Option(
      names = "--other-kernels",
      description =
          "with --resume: go on although the earlier run computed with other kernels (another"
              + " vector width, or without the vector module), so that last digits differ")
  private boolean otherKernels;

  /** Computes gradients in this process. */
  TrainCommand() {
    this(StepSum::here);
  }

  /**
   * Computes gradients as it is said.
   *
   * @param where what computes them, given what they depend on
   */
  TrainCommand(Function<ImageGradients, StepSum> where) {
    this.where = where;
  }

  @Override
  public Integer call() {
    Appearance.Weights weights = new Appearance.Weights(colourWeight, smoothness, toneWeight);
    Settings settings =
        new Settings(size, steps, batch, contentWeight, learningRate, seed, weights).checked();
    if (styleSize() < FilterBank.SMALLEST) {
      throw Failure.usage(
          "--style-size must be at least %d, was %d".formatted(FilterBank.SMALLEST, styleSize()));
    }
    try (TrainingFiles files = new TrainingFiles(out)) {
      requireApart(files);
      TransformerNetwork earlier = from == null ? null : ModelFile.read(from);
      List<Painting> paintings = paintings(earlier);
      BufferedImage photograph = photograph();
      ImageDataset dataset =
          content == null
              ? ImageDataset.bundled(size)
              : ImageDataset.inFolder(content, size, limit.reader(), this::tell);
      Training training =
          new Training(settings, paintings, dataset, features.network(), earlier, where);
      Checkpoint checkpoint = new Checkpoint(files.checkpoint());
      begin(training, checkpoint, files);
      Gallery gallery = new Gallery(files, photograph, paintings);
      if (photo != null) {
        gallery.rehearse(training);
      }
      try (StopRequest stop = new StopRequest()) {
        return run(training, settings, checkpoint, gallery, stop);
      }
    } catch (OutOfMemoryError e) {
      throw new Failure(
          Failure.USAGE,
          "training needs more memory than Java may use; lower --size or --style-size, or "
              + Failure.moreHeap(),
          e);
    }
  }

  private void tell(String line) {
    spec.commandLine().getErr().println(line);
  }

  /** What is read must not be what is written. */
  private void requireApart(TrainingFiles files) {
    List<Path> inputs = new ArrayList<>(Arrays.asList(photo, features.file(), from));
    styles.stream().filter(s -> !Painting.bundled().contains(s)).map(Path::of).forEach(inputs::add);
    for (Path input : inputs) {
      if (input != null && files.contains(input)) {
        throw Failure.usage(input + " would be overwritten; give --out another name");
      }
    }
    if (content != null && Files.isDirectory(content)) {
      try {
        if (files.folder().toRealPath().startsWith(content.toRealPath())) {
          throw Failure.usage(
              "--out %s lies in the folder of --content; pictures written there would be trained on"
                  .formatted(out));
        }
      } catch (IOException e) {
        throw Failure.reading(content, e);
      }
    }
  }

  private void begin(Training training, Checkpoint checkpoint, TrainingFiles files) {
    if (resume && Files.exists(checkpoint.file())) {
      checkpoint.restore(training, otherKernels);
      return;
    }
    PrintWriter print = spec.commandLine().getOut();
    if (resume) {
      print.println("nothing to resume, %s does not exist: begins".formatted(checkpoint.file()));
    }
    files.keepEarlier().ifPresent(kept -> print.println("the earlier run is kept as " + kept));
    print.flush();
  }

  private int run(
      Training training,
      Settings settings,
      Checkpoint checkpoint,
      Gallery gallery,
      StopRequest stop) {
    train(training, settings, checkpoint, gallery, stop);
    if (training.steps() < settings.steps()) {
      System.err.println(
          "stopped after step %d, which is kept in %s: the same command with --resume goes on"
              .formatted(training.steps(), checkpoint.file()));
      return Failure.NONE; // the signal decides on the exit code
    }
    gallery.finish(training);
    training.network().choose(0);
    Map<String, String> card = new LinkedHashMap<>(training.identity());
    card.put("--steps", String.valueOf(training.steps()));
    card.put("measures", gallery.measures());
    ModelFile.write(training.network(), card, out);
    return report(training, gallery);
  }

  /**
   * Steps until all are done or a signal comes; a strip is written before its step's checkpoint.
   */
  private void train(
      Training training,
      Settings settings,
      Checkpoint checkpoint,
      Gallery gallery,
      StopRequest stop) {
    gallery.missingStage(training, settings.steps());
    try (Progress progress =
        new Progress(System.err, training.steps(), settings.steps(), settings.batch())) {
      while (training.steps() < settings.steps() && !stop.isMade()) {
        try {
          progress.step(training.step());
        } catch (Failure e) {
          if (stop.isMade()) { // what computes elsewhere has heard of it too, and ended at once
            break;
          }
          throw e;
        }
        int step = training.steps();
        if (Gallery.isStage(step, settings.steps())) {
          gallery.stage(training);
        }
        if (step == 1 || step % CHECKPOINT_EVERY == 0 || step == settings.steps()) {
          checkpoint.write(training);
        }
      }
    }
    if (training.steps() < settings.steps()) {
      checkpoint.write(training);
    }
  }

  private List<Painting> paintings(TransformerNetwork earlier) {
    Set<String> names = new HashSet<>(earlier == null ? List.of() : earlier.styles());
    List<Painting> paintings = new ArrayList<>();
    for (String style : styles) {
      Painting painting = Painting.of(style, styleSize(), limit.reader());
      if (!names.add(painting.name())) {
        throw Failure.usage("there are two styles named " + painting.name());
      }
      paintings.add(painting);
    }
    return paintings;
  }

  private int styleSize() {
    return styleSize == null ? (int) Math.round(STROKES * size) : styleSize;
  }

  private BufferedImage photograph() {
    if (photo == null) {
      return PictureReader.resource("images/chelsea.jpg");
    }
    return limit.reader().readAtLeast(Repainter.SMALLEST, photo, "be repainted");
  }

  private int report(Training training, Gallery gallery) {
    PrintWriter print = spec.commandLine().getOut();
    gallery.list(print);
    print.println("%-22s %s".formatted("model", out));
    double percent = 100 * training.history().remaining(styles.size());
    print.println("%.1f %% of the loss is left".formatted(percent));
    print.flush();
    if (from == null && !(percent <= MOST_LOSS_LEFT)) {
      throw new Failure(
          Failure.TRAINING,
          "the loss did not fall by half in %d steps, %.1f %% of it is left; try more --steps"
              .formatted(training.steps(), percent));
    }
    List<String> faults = gallery.faults();
    if (!faults.isEmpty()) {
      throw new Failure(
          Failure.TRAINING,
          "the repainted photograph is faulty: %s; try another --seed or more --steps"
              .formatted(String.join(", ", faults)));
    }
    return Failure.NONE;
  }
}
