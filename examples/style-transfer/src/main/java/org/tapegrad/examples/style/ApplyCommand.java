package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Module;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Repaints a photograph, or all of a folder, with a trained network. */
@Command(
    name = "apply",
    description = "Repaints a photograph of any size, or every photograph of a folder.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class ApplyCommand implements Callable<Integer> {
  /** A word that follows the option after a space is not its value, but IN. */
  static final class AttachedOnly implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        args.push("photo");
      }
      return false;
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "what train has written, or a network of PyTorch's example fast_neural_style as"
              + " safetensors (default: the bundled model, with the styles starry-night,"
              + " stained-glass, pen-hatching, dots)")
  private Path model;

  @Mixin private StripChoice choice = new StripChoice();

  @Option(
      names = "--short-side",
      paramLabel = "N",
      description =
          "resize the photograph so that its shorter side has N pixels; strokes look larger on a"
              + " smaller picture (default: keep its size)")
  private Integer shortSide;

  @Mixin private PictureLimit limit = new PictureLimit();

  @Option(names = "--quality", paramLabel = "N", description = "of JPEG files, from 1 to 100")
  private int quality = PictureFiles.DEFAULT_QUALITY;

  @Option(names = "--overwrite", description = "let the repainted picture take the place of IN")
  private boolean overwrite;

  @Option(
      names = "--keep-colours",
      paramLabel = "WAY",
      arity = "0..1",
      fallbackValue = "photo",
      preprocessor = AttachedOnly.class,
      description =
          "photo, or nothing said: every pixel has the colour of the photograph, only its"
              + " brightness is painted; painting: the colours of the painting are changed as a"
              + " whole, so that they are as light, varied and of the hues of the photograph's")
  private String keptColours;

  @Option(
      names = "--strength",
      paramLabel = "S",
      description = "from 0, the photograph, to 1, the repainted picture alone")
  private double strength = 1;

  @Option(names = "--quiet", description = "print nothing but errors")
  private boolean quiet;

  @Option(
      names = "--info",
      description = "print what the model says of itself, and do nothing else")
  private boolean info;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "IN",
      description = "a photograph or a folder of them")
  private Path in;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description = "a .png or .jpg file, or a folder, which is made if need be")
  private Path out;

  private Module network;
  private List<double[]> mixtures;
  private int unnamed;
  private PictureProgress progress;

  @Override
  public Integer call() {
    if (info) {
      ModelFile.card(model)
          .forEach((name, value) -> print("%-16s %s".formatted(name, value.replace("\n", ", "))));
      return Failure.NONE;
    }
    requireOptions();
    network = ModelFile.readAny(model);
    mixtures = choice.mixtures(ModelFile.styles(network));
    Map<Path, Path> jobs = jobs();
    jobs.forEach(this::requireAllowed);
    Path first = jobs.isEmpty() ? out : jobs.values().iterator().next();
    removeOrphans(jobs.values());
    try (PictureProgress bar =
        new PictureProgress(jobs.size(), !quiet && System.console() != null)) {
      progress = bar;
      Repainter repainter = new Repainter(network, first.toAbsolutePath().getParent(), bar);
      return Files.isDirectory(in)
          ? repaintAll(repainter, jobs)
          : repaint(repainter, in, jobs.get(in));
    }
  }

  private void requireOptions() {
    if (in == null || out == null) {
      throw Failure.usage("Missing required parameters: IN and OUT, or --info");
    }
    if (shortSide != null && shortSide < Repainter.SMALLEST) {
      throw Failure.usage(
          "--short-side must be at least " + Repainter.SMALLEST + ", was " + shortSide);
    }
    PictureFiles.requireQuality(quality);
    if (!Files.exists(in)) {
      throw Failure.file(in, "no such file or folder");
    }
    if (!(strength >= 0 && strength <= 1)) {
      throw Failure.usage("--strength must be from 0 to 1, was " + strength);
    }
    if (keptColours != null && !List.of("photo", "painting").contains(keptColours)) {
      throw Failure.usage("--keep-colours must be photo or painting, was " + keptColours);
    }
  }

  /** What is repainted to which file. */
  private Map<Path, Path> jobs() {
    if (!Files.isDirectory(in)) {
      String name = String.valueOf(out.getFileName());
      boolean folder = Files.isDirectory(out) || !name.contains(".");
      return Map.of(in, folder ? out.resolve(PictureFiles.stem(in) + ".png") : out);
    }
    List<Path> files = PictureFiles.inFolder(in);
    if (files.isEmpty()) {
      throw Failure.file(in, "no picture in this folder");
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw Failure.file(out, "is a file, but " + in + " is a folder: name a folder to write to");
    }
    Map<String, Long> sameName =
        files.stream().collect(Collectors.groupingBy(ApplyCommand::key, Collectors.counting()));
    Map<Path, Path> jobs = new LinkedHashMap<>();
    for (Path file : files) { // a.png and a.jpg become a.png.png and a.jpg.png
      String name =
          sameName.get(key(file)) > 1 ? file.getFileName().toString() : PictureFiles.stem(file);
      try {
        jobs.put(file, out.resolve(name + ".png"));
      } catch (InvalidPathException e) {
        unnamed++;
        spec.commandLine()
            .getErr()
            .println(
                Safetensors.printable("error: " + file + ": this locale cannot write the name"));
      }
    }
    requireDistinct(jobs);
    return jobs;
  }

  private static void requireDistinct(Map<Path, Path> jobs) {
    Map<String, Path> taken = new HashMap<>();
    jobs.forEach(
        (from, to) -> {
          Path other = taken.put(to.toString().toLowerCase(Locale.ROOT), from);
          if (other != null) {
            throw Failure.usage("%s and %s would both become %s".formatted(other, from, to));
          }
        });
  }

  /** The same for two files that a file system might take for one when they end alike. */
  private static String key(Path file) {
    return PictureFiles.stem(file).toLowerCase(Locale.ROOT);
  }

  private void requireAllowed(Path from, Path to) {
    PictureFiles.requireWritable(to);
    try {
      boolean same = Files.exists(to) && Files.isSameFile(from, to);
      boolean sameFolder = Files.isDirectory(in) && Files.exists(out) && Files.isSameFile(in, out);
      if ((same || sameFolder) && !overwrite) {
        throw Failure.usage(
            "IN and OUT are one %s, %s; --overwrite replaces what is there"
                .formatted(sameFolder ? "folder" : "file", sameFolder ? out : to));
      }
    } catch (IOException e) {
      throw Failure.reading(from, e);
    }
  }

  private static void removeOrphans(Collection<Path> files) {
    if (files.isEmpty()) {
      return;
    }
    Path folder = files.iterator().next().toAbsolutePath().getParent();
    if (Files.isDirectory(folder)) {
      try {
        WholeFile.removeOrphans(folder, false);
      } catch (IOException e) {
        throw Failure.writing(folder, e);
      }
    }
  }

  /** One picture that cannot be repainted does not keep the others from being so. */
  private int repaintAll(Repainter repainter, Map<Path, Path> jobs) {
    PrintWriter err = spec.commandLine().getErr();
    PictureFiles.unread(in)
        .forEach(
            file -> err.println(Safetensors.printable("skipped " + file + ": format not read")));
    int worst = unnamed > 0 ? Failure.FILE : Failure.NONE;
    for (Map.Entry<Path, Path> job : jobs.entrySet()) {
      try {
        repaint(repainter, job.getKey(), job.getValue());
      } catch (RuntimeException | OutOfMemoryError e) {
        Failure failure = Failure.of(e);
        String line = Safetensors.printable("error: " + failure.getMessage());
        err.println(progress.line(line));
        worst = Math.max(worst, failure.exitCode());
      }
      progress.picture();
    }
    return worst;
  }

  private void requireSize(BufferedImage photograph, Path file) {
    double w = photograph.getWidth();
    double h = photograph.getHeight();
    double pixels = w * h * Math.pow(shortSide / Math.min(w, h), 2) / 1e6;
    if (pixels > limit.megapixels()) {
      throw Failure.file(
          file,
          "would have %.0f megapixels with --short-side %d, more than the limit of %d"
              .formatted(pixels, shortSide, limit.megapixels()));
    }
  }

  private int repaint(Repainter repainter, Path from, Path to) {
    BufferedImage photograph = limit.reader().readWithAlpha(from);
    if (shortSide != null) {
      requireSize(photograph, from);
      photograph = Pixels.withShortSide(photograph, shortSide);
    }
    List<BufferedImage> pictures = new ArrayList<>();
    for (double[] mixture : mixtures) {
      if (network instanceof TransformerNetwork known) {
        known.mix(mixture);
      }
      BufferedImage picture = repainter.repaint(photograph, from.toString());
      recolour(picture, photograph);
      pictures.add(picture);
    }
    BufferedImage picture = Strip.of(pictures);
    if (pictures.size() == 1 && PictureFiles.keepsAlpha(to)) {
      picture = Pixels.withAlphaOf(photograph, picture);
    }
    PictureFiles.write(picture, to, quality);
    String size = picture.getWidth() + "x" + picture.getHeight();
    if (!quiet) {
      print("%s -> %s (%s)".formatted(from, to, size));
    }
    return Failure.NONE;
  }

  private void recolour(BufferedImage picture, BufferedImage photograph) {
    if (keptColours == null && strength == 1) {
      return;
    }
    BufferedImage opaque = Pixels.overWhite(photograph);
    ColourMix mix =
        keptColours == null
            ? ColourMix.own()
            : keptColours.equals("photo")
                ? ColourMix.ofPhotograph(picture, opaque)
                : ColourMix.ofPainting(picture, opaque);
    mix.strength(strength).recolour(picture, opaque);
  }

  private void print(String line) {
    PrintWriter o = spec.commandLine().getOut();
    String printable = Safetensors.printable(line);
    o.println(progress == null ? printable : progress.line(printable));
    o.flush();
  }
}
