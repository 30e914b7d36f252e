package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tapegrad.array.NdArray;

/** The pictures that a training leaves beside its model. */
final class Gallery {
  /** Parts of the training after which a strip is made, in percent. */
  private static final int[] STAGES = {5, 20, 50, 100};

  private final TrainingFiles files;
  private final BufferedImage photograph;
  private final List<Painting> paintings;
  private final List<String> written = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> measures = new ArrayList<>();

  /** The pictures of a training that has these files and these paintings. */
  Gallery(TrainingFiles files, BufferedImage photograph, List<Painting> paintings) {
    this.files = files;
    this.photograph = photograph;
    this.paintings = paintings;
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

  /** A strip of the photograph, then every painting with the result of the network as it is. */
  void stage(Training training) {
    List<BufferedImage> pictures = new ArrayList<>(List.of(photograph));
    for (int i = 0; i < paintings.size(); i++) {
      pictures.add(paintings.get(i).picture());
      pictures.add(repainted(training, i));
    }
    Path file = files.strip(training.steps());
    PictureFiles.write(Strip.of(pictures), file);
    written.add("%-22s %s".formatted("after %d steps".formatted(training.steps()), file));
  }

  /** Finds out before a long training whether the photograph can be repainted at its end. */
  void rehearse(Training training) {
    try {
      faults(Pixels.of(repainted(training, 0)), Pixels.of(photograph), paintings.get(0));
    } catch (OutOfMemoryError e) {
      throw new Failure(
          Failure.FILE,
          "--photo: %dx%d needs more memory than Java may use; make it smaller, or %s"
              .formatted(photograph.getWidth(), photograph.getHeight(), Failure.moreHeap()),
          e);
    }
  }

  /** The strip that is due now, if a run that was killed has not left it. */
  void missingStage(Training training, int steps) {
    if (isStage(training.steps(), steps) && !Files.exists(files.strip(training.steps()))) {
      stage(training);
    }
  }

  /** The repainted photographs and the plot of the loss. */
  void finish(Training training) {
    for (int i = 0; i < paintings.size(); i++) {
      Path file = files.repainted(i + 1);
      BufferedImage picture = repainted(training, i);
      PictureFiles.write(picture, file);
      judge(Pixels.of(picture), paintings.get(i));
      written.add("%-22s %s".formatted("repainted photograph", file));
    }
    Path plot = files.plot();
    try {
      PictureFiles.write(LossPlot.of(training.history()), plot);
      written.add("%-22s %s".formatted("plot of the loss", plot));
    } catch (InternalError | LinkageError e) { // no fonts, or a Java without the means to draw text
      written.add(
          "%-22s %s".formatted("plot of the loss", "none: this machine cannot draw text, " + e));
    }
  }

  private List<String> faults(NdArray picture, NdArray before, Painting painting) {
    String name = paintings.size() == 1 ? "" : painting.name() + ": ";
    return Faults.of(picture, before, painting.pixels()).stream().map(f -> name + f).toList();
  }

  private void judge(NdArray picture, Painting painting) {
    NdArray before = Pixels.of(photograph);
    faults.addAll(faults(picture, before, painting));
    measures.add(
        "%s: ssim %.3f, clipped %.4f, border %.1f, grid %.1f"
            .formatted(
                painting.name(),
                Measures.ssim(picture, before),
                Measures.clipped(picture),
                Measures.border(picture),
                Measures.grid(picture)));
  }

  /** What is wrong with the repainted photographs of {@link #finish}. */
  List<String> faults() {
    return faults;
  }

  /** The {@link Measures} of the repainted photographs, one line each. */
  String measures() {
    return String.join("\n", measures);
  }

  private BufferedImage repainted(Training training, int painting) {
    training.release();
    training.network().choose(training.firstStyle() + painting);
    return new Repainter(training.network(), files.folder()).repaint(photograph, "the photograph");
  }

  /** Prints where the pictures are. */
  void list(PrintWriter out) {
    written.forEach(out::println);
  }
}
