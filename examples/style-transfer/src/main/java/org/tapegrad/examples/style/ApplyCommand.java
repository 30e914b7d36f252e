package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "what train has written",
      defaultValue = TrainCommand.DEFAULT_MODEL)
  private Path model;

  @Option(
      names = "--short-side",
      paramLabel = "N",
      description =
          "resize the photograph so that its shorter side has N pixels; strokes look larger on a"
              + " smaller picture (default: keep its size)")
  private Integer shortSide;

  @Option(
      names = "--max-megapixels",
      paramLabel = "N",
      description = "refuse larger pictures before they are decoded")
  private int megapixels = PictureReader.DEFAULT_MEGAPIXELS;

  @Parameters(index = "0", paramLabel = "IN", description = "a photograph or a folder of them")
  private Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "a .png or .jpg file, or a folder, which is made if need be")
  private Path out;

  @Override
  public Integer call() {
    if (shortSide != null && shortSide < Repainter.SMALLEST) {
      throw Failure.usage(
          "--short-side must be at least " + Repainter.SMALLEST + ", was " + shortSide);
    }
    if (!Files.exists(in)) {
      throw Failure.file(in, "no such file or folder");
    }
    Repainter repainter = new Repainter(ModelFile.read(model));
    if (!Files.isDirectory(in)) {
      repaint(repainter, in, Files.isDirectory(out) ? named(in) : out);
      return Failure.NONE;
    }
    return repaintFolder(repainter);
  }

  /** One damaged picture does not keep the others from being repainted. */
  private int repaintFolder(Repainter repainter) {
    List<Path> files = PictureFiles.inFolder(in);
    if (files.isEmpty()) {
      throw Failure.file(in, "no picture in this folder");
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw Failure.file(out, "is a file, but " + in + " is a folder: name a folder to write to");
    }
    int worst = Failure.NONE;
    for (Path file : files) {
      try {
        repaint(repainter, file, named(file));
      } catch (Failure e) {
        spec.commandLine().getErr().println("error: " + e.getMessage());
        worst = Math.max(worst, e.exitCode());
      }
    }
    return worst;
  }

  private Path named(Path file) {
    String name = file.getFileName().toString();
    return out.resolve(name.substring(0, name.lastIndexOf('.')) + ".png");
  }

  private void repaint(Repainter repainter, Path from, Path to) {
    PictureFiles.requireWritable(to);
    BufferedImage photograph = new PictureReader(megapixels).read(from);
    if (shortSide != null) {
      photograph = Pixels.withShortSide(photograph, shortSide);
    }
    BufferedImage picture = repainter.repaint(photograph, from.toString());
    PictureFiles.write(picture, to);
    PrintWriter o = spec.commandLine().getOut();
    o.println("%s -> %s (%dx%d)".formatted(from, to, picture.getWidth(), picture.getHeight()));
    o.flush();
  }
}
