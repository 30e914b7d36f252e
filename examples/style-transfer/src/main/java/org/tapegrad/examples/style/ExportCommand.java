package org.tapegrad.examples.style;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Module;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a trained network for other programs. */
@Command(
    name = "export",
    description = {
      "Writes a trained network as ONNX (opset " + OnnxGraph.OPSET + "), to be run by others.",
      "The input is 'photograph', the result 'painted', both float32[1, 3, height, width]: red,"
          + " green and blue from 0 to 1, of any size from 16x16. It paints in one style or"
          + " mixture; the model's card is in the metadata."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private static final int MOST = 8192;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "what train has written, or a network of PyTorch's example fast_neural_style as"
              + " safetensors (default: the bundled model)")
  private Path model;

  @Mixin private StyleChoice choice = new StyleChoice();

  @Option(
      names = "--largest",
      paramLabel = "N",
      description =
          "pictures of up to N x N pixels are painted as apply paints them, for 4 bytes of noise a"
              + " pixel in the file; in larger ones the noise begins again")
  private int largest = 1024;

  @Parameters(paramLabel = "OUT", description = "an .onnx file")
  private Path out;

  @Override
  public Integer call() {
    if (!String.valueOf(out.getFileName()).endsWith(".onnx")) {
      throw Failure.usage("OUT must end in .onnx, was " + out);
    }
    if (largest < Repainter.SMALLEST || largest > MOST) {
      throw Failure.usage(
          "--largest must be from %d to %d, was %d".formatted(Repainter.SMALLEST, MOST, largest));
    }
    Module network = ModelFile.readAny(model);
    double[] mixture = choice.mixture(ModelFile.styles(network));
    Map<String, String> card = new TreeMap<>(ModelFile.card(model));
    if (network instanceof TransformerNetwork known) {
      known.mix(mixture);
      card.put("mixture", Arrays.toString(mixture));
    }
    OnnxNetwork onnx = new OnnxNetwork(network, largest);
    try {
      WholeFile.write(out, file -> onnx.write(file, card));
    } catch (IOException e) {
      throw Failure.writing(out, e);
    }
    spec.commandLine().getOut().println(Safetensors.printable("written: " + out));
    return Failure.NONE;
  }
}
