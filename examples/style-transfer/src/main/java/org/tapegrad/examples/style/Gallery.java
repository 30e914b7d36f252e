package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pictures that a training leaves beside its model. */
final class Gallery {
  /** Parts of the training after which a strip is made, in percent. */
  private static final int[] STAGES = {5, 20, 50, 100};

  private final TrainingFiles files;
  private final BufferedImage photograph;
  private final BufferedImage painting;
  private final List<String> written = new ArrayList<>();
  private List<String> faults = List.of();

  /** The pictures of a training that has these files. */
  Gallery(TrainingFiles files, BufferedImage photograph, BufferedImage painting) {
    this.files = files;
    this.photograph = photograph;
    this.painting = painting;
  }

  /** Whether a strip is due after so many steps of all. */
  static boolean isStage(int step, int steps) {
    for (int percent : STAGES) {
      if (step == Math.max(1, (int) ((long) steps * percent / 100))) {
        return true;
      }
    }
    return false;
  }

  /** A strip photograph | painting | result of the network as it is now. */
  void stage(Training training) {
    Path file = files.strip(training.steps());
    PictureFiles.write(Strip.of(photograph, painting, repainted(training)), file);
    written.add("%-22s %s".formatted("after %d steps".formatted(training.steps()), file));
  }

  /** Finds out before a long training whether the photograph can be repainted at its end. */
  void rehearse(Training training) {
    try {
      faults(repainted(training));
    } catch (OutOfMemoryError e) {
      throw new Failure(
          Failure.FILE,
          "--photo: %dx%d needs more memory than Java may use; make it smaller, or %s"
              .formatted(photograph.getWidth(), photograph.getHeight(), Failure.moreHeap()),
          e);
    }
  }

  private List<String> faults(BufferedImage picture) {
    return Faults.of(Pixels.of(picture), Pixels.of(photograph), Pixels.of(painting));
  }

  /** The strip that is due now, if a run that was killed has not left it. */
  void missingStage(Training training, int steps) {
    if (isStage(training.steps(), steps) && !Files.exists(files.strip(training.steps()))) {
      stage(training);
    }
  }

  /** The repainted photograph and the plot of the loss. */
  void finish(Training training) {
    Path result = files.repainted();
    BufferedImage picture = repainted(training);
    PictureFiles.write(picture, result);
    faults = faults(picture);
    written.add("%-22s %s".formatted("repainted photograph", result));
    Path plot = files.plot();
    try {
      PictureFiles.write(LossPlot.of(training.history()), plot);
      written.add("%-22s %s".formatted("plot of the loss", plot));
    } catch (InternalError | LinkageError e) { // no fonts, or a Java without the means to draw text
      written.add(
          "%-22s %s".formatted("plot of the loss", "none: this machine cannot draw text, " + e));
    }
  }

  /** What is wrong with the repainted photograph of {@link #finish}. */
  List<String> faults() {
    return faults;
  }

  private BufferedImage repainted(Training training) {
    return new Repainter(training.network(), files.folder()).repaint(photograph, "the photograph");
  }

  /** Prints where the pictures are. */
  void list(PrintWriter out) {
    written.forEach(out::println);
  }
}
