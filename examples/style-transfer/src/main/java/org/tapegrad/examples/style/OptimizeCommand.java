package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Repaints one photograph without a network, by changing its pixels. */
@Command(
    name = "optimize",
    description =
        "Repaints one photograph by changing its pixels, with nothing to be trained: slower than"
            + " apply, and closer to the painting. What is painted when a signal ends it is kept.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class OptimizeCommand implements Callable<Integer> {
  /** The short side of the painting, in those of the photograph. */
  private static final double STROKES = 1.5;

  private static final int LARGEST_DEFAULT = 512;

  private static final String DOTS =
      "without --features pixels please the filters by a weave of dots, not by strokes; apply paints"
          + " strokes";

  @Spec private CommandSpec spec;

  @Option(
      names = "--style",
      paramLabel = "PAINTING",
      description =
          "the painting: a file, or one of the bundled starry-night, stained-glass, pen-hatching,"
              + " dots")
  private String style = Painting.bundled().get(0);

  @Option(
      names = "--style-size",
      paramLabel = "N",
      description =
          "a painting with a longer short side is made smaller, and its strokes with it (default:"
              + " 1.5 times the photograph's)")
  private Integer styleSize;

  @Mixin private FeaturesOption features = new FeaturesOption();

  @Option(
      names = "--init",
      paramLabel = "photo|noise|FILE",
      description = "the picture to begin with, such as one that apply has repainted")
  private String init = "photo";

  @Option(
      names = "--short-side",
      paramLabel = "N",
      description =
          "resize the photograph so that its shorter side has N pixels (default: its own, at most"
              + " 512)")
  private Integer shortSide;

  @Option(names = "--steps", paramLabel = "N", description = "evaluations of the loss at each size")
  private int steps = 40;

  @Option(
      names = "--content-weight",
      paramLabel = "W",
      description = "more keeps more of the photograph, less paints more freely")
  private double contentWeight = Settings.DEFAULT.contentWeight();

  @Option(names = "--seed", paramLabel = "N", description = "decides on the noise of --init")
  private long seed = Settings.DEFAULT.seed();

  @Option(
      names = "--preview",
      description = "write what is done at each size beside OUT, such as out-75.png")
  private boolean preview;

  @Mixin private PictureLimit limit = new PictureLimit();

  @Option(names = "--quality", paramLabel = "N", description = "of JPEG files, from 1 to 100")
  private int quality = PictureFiles.DEFAULT_QUALITY;

  @Option(names = "--overwrite", description = "let OUT take the place of a file that is read")
  private boolean overwrite;

  @Parameters(index = "0", paramLabel = "PHOTO", description = "the photograph")
  private Path photo;

  @Parameters(index = "1", paramLabel = "OUT", description = "a .png or .jpg file")
  private Path out;

  @Override
  public Integer call() {
    requireOptions();
    FeatureNetwork network = features.network();
    BufferedImage photograph = photograph();
    BufferedImage start = start(photograph);
    if (network == null) {
      spec.commandLine().getErr().println(DOTS);
    }
    PictureOptimizer optimizer =
        new PictureOptimizer(
            photograph,
            start,
            painting(photograph),
            painting -> StyleLoss.of(network, painting, contentWeight),
            steps);
    int side = Pixels.shortSide(photograph);
    try (StopRequest stop = new StopRequest()) {
      BufferedImage picture;
      try (Progress progress =
          new Progress(System.err, 0, steps * PictureOptimizer.sizes(side), 1)) {
        picture = optimizer.paint(new Watching(stop, progress));
      }
      PictureFiles.write(picture, out, quality);
      String what = stop.isMade() ? "stopped; the best picture so far is kept" : "repainted";
      print(
          "%s: %s -> %s (%dx%d)"
              .formatted(what, photo, out, picture.getWidth(), picture.getHeight()));
      return Failure.NONE; // a signal decides on the exit code
    } catch (OutOfMemoryError e) {
      throw new Failure(
          Failure.FILE,
          "%s: more memory is needed than Java may use; lower --short-side, or %s"
              .formatted(photo, Failure.moreHeap()),
          e);
    }
  }

  private void requireOptions() {
    require(steps >= 1, "--steps", "at least 1", steps);
    PictureFiles.requireQuality(quality);
    boolean weighted = contentWeight >= 0 && Double.isFinite(contentWeight);
    require(weighted, "--content-weight", "a number >= 0", contentWeight);
    int least = FilterBank.SMALLEST;
    require(
        shortSide == null || shortSide >= least, "--short-side", "at least " + least, shortSide);
    require(
        styleSize == null || styleSize >= least, "--style-size", "at least " + least, styleSize);
    PictureFiles.requireWritable(out);
    for (Path input : new Path[] {photo, styleFile(), features.file(), initFile()}) {
      if (input != null && isSameFile(input, out) && !overwrite) {
        throw Failure.usage(out + " is read and would be written; --overwrite replaces it");
      }
    }
  }

  private static void require(boolean right, String option, String what, Number was) {
    if (!right) {
      throw Failure.usage(option + " must be " + what + ", was " + was);
    }
  }

  private static boolean isSameFile(Path a, Path b) {
    try {
      return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
    } catch (IOException e) {
      throw Failure.reading(a, e);
    }
  }

  private Path styleFile() {
    return Painting.bundled().contains(style) ? null : Path.of(style);
  }

  private Path initFile() {
    return init.equals("photo") || init.equals("noise") ? null : Path.of(init);
  }

  private BufferedImage photograph() {
    BufferedImage photograph = large(photo, "be repainted");
    int side = Pixels.shortSide(photograph);
    int wanted = shortSide == null ? Math.min(side, LARGEST_DEFAULT) : shortSide;
    return wanted == side ? photograph : Pixels.withShortSide(photograph, wanted);
  }

  private BufferedImage large(Path file, String purpose) {
    return limit.reader().readAtLeast(FilterBank.SMALLEST, file, purpose);
  }

  /** What the picture begins with, of the photograph's size. */
  private BufferedImage start(BufferedImage photograph) {
    int w = photograph.getWidth();
    int h = photograph.getHeight();
    if (init.equals("noise")) {
      SplittableRandom random = new SplittableRandom(seed);
      return Pixels.toImage(NdArray.normal(DType.FLOAT32, random, 0.5, 0.2, 1, 3, h, w));
    }
    if (init.equals("photo")) {
      return photograph;
    }
    BufferedImage begun = large(initFile(), "begin with");
    return Pixels.scaled(begun, 0, 0, begun.getWidth(), begun.getHeight(), w, h);
  }

  private BufferedImage painting(BufferedImage photograph) {
    int side =
        styleSize == null ? (int) Math.round(STROKES * Pixels.shortSide(photograph)) : styleSize;
    return Painting.of(style, side, limit.reader()).learnt();
  }

  private void print(String line) {
    PrintWriter o = spec.commandLine().getOut();
    o.println(Safetensors.printable(line));
    o.flush();
  }

  private final class Watching implements PictureOptimizer.Watch {
    private final StopRequest stop;
    private final Progress progress;

    Watching(StopRequest stop, Progress progress) {
      this.stop = stop;
      this.progress = progress;
    }

    @Override
    public boolean isOver() {
      return stop.isMade();
    }

    @Override
    public void evaluated(double loss) {
      progress.step(loss);
    }

    @Override
    public void painted(BufferedImage picture) {
      if (preview) {
        String name = out.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String copy =
            name.substring(0, dot) + "-" + Pixels.shortSide(picture) + name.substring(dot);
        PictureFiles.write(picture, out.resolveSibling(copy), quality);
      }
    }
  }
}
