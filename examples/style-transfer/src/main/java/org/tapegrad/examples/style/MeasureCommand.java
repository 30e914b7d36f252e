package org.tapegrad.examples.style;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures repainted photographs against the photograph and the painting. */
@Command(
    name = "measure",
    description = {
      "Measures repainted photographs and prints a table.",
      "style is |G-G*|/|G*| of the Gram matrices of features with the painting's, on the first"
          + " layer, on further layers, and on deeper layers held out from every loss; content is"
          + " the distance of features from the photograph's; ssim compares lumas in windows of"
          + " 7x7. clipped is the part of colour values at an end of their range; border, how far"
          + " the outermost 4 pixels differ from the next 4; grid, how far rows or columns"
          + " differ by their numbers mod 2, 4, 8; both in levels of 255."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MeasureCommand implements Callable<Integer> {
  private static final String HEADER =
      "| picture | style 1 | style 2.. | held out | content | ssim | clipped | border | grid |\n"
          + "| --- ".repeat(9)
          + "|";

  /** A picture, and how it looks to a network, where there is one. */
  private record Seen(Path file, NdArray pixels, FeatureMeasures features) {}

  @Spec private CommandSpec spec;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "SqueezeNet 1.1, VGG-16 or VGG-19 as safetensors; without it style and content are left"
              + " out")
  private Path features;

  @Parameters(index = "0", paramLabel = "PHOTO", description = "the photograph")
  private Path photo;

  @Parameters(index = "1", paramLabel = "PAINTING", description = "the painting")
  private Path painting;

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "RESULT",
      description = "the photograph repainted, of the same size")
  private List<Path> results;

  @Override
  public Integer call() {
    FeatureNetwork network = features == null ? null : FeatureNetwork.read(features);
    Seen style = see(painting, network);
    Seen photograph = see(photo, network);
    PrintWriter out = spec.commandLine().getOut();
    out.println(HEADER);
    out.println(row(style, null, null));
    out.println(row(photograph, photograph, style));
    for (Path result : results) {
      Seen picture = see(result, network);
      if (!picture.pixels.hasShape(photograph.pixels.shape())) {
        throw Failure.file(result, "is not of the photograph's size");
      }
      out.println(row(picture, photograph, style));
    }
    out.flush();
    return Failure.NONE;
  }

  private static Seen see(Path file, FeatureNetwork network) {
    NdArray pixels = pixels(file);
    FeatureMeasures measures = network == null ? null : new FeatureMeasures(network, pixels);
    return new Seen(file, pixels, measures);
  }

  private static NdArray pixels(Path file) {
    NdArray pixels = Pixels.of(new PictureReader(PictureReader.DEFAULT_MEGAPIXELS).read(file));
    if (Math.min(pixels.size(2), pixels.size(3)) < Repainter.SMALLEST) {
      throw Failure.file(file, "is too small to be measured");
    }
    return pixels;
  }

  /** What cannot be measured is left empty. */
  private static String row(Seen picture, Seen photograph, Seen painting) {
    String[] cells = new String[9];
    Arrays.fill(cells, "");
    cells[0] = Safetensors.printable(picture.file.getFileName().toString());
    FeatureMeasures measures = picture.features;
    if (measures != null && photograph != null) {
      FeatureNetwork.Roles roles = measures.roles();
      List<String> style = roles.style();
      cells[1] = number(measures.style(painting.features, style.subList(0, 1)));
      cells[2] = number(measures.style(painting.features, style.subList(1, style.size())));
      if (!roles.heldOut().isEmpty()) {
        cells[3] = number(measures.style(painting.features, roles.heldOut()));
      }
      cells[4] = number(measures.content(photograph.features));
    }
    if (photograph != null) {
      cells[5] = number(Measures.ssim(picture.pixels, photograph.pixels));
    }
    cells[6] = "%.2f %%".formatted(100 * Measures.clipped(picture.pixels));
    cells[7] = "%.1f".formatted(Measures.border(picture.pixels));
    cells[8] =
        Arrays.stream(Measures.PERIODS)
            .mapToObj(period -> "%.1f".formatted(Measures.grid(picture.pixels, period)))
            .collect(Collectors.joining(", "));
    return "| " + String.join(" | ", cells) + " |";
  }

  private static String number(double value) {
    return "%.3f".formatted(value);
  }
}
