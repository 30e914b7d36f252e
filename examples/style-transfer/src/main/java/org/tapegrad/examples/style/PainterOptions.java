package org.tapegrad.examples.style;

import java.nio.file.Path;
import org.tapegrad.nn.Module;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that say with which model and in which style to repaint. */
public final class PainterOptions {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "what train has written, or a network of PyTorch's example (default: bundled)")
  private Path model;

  @Mixin private StyleChoice style = new StyleChoice();

  @Mixin private PictureLimit limit = new PictureLimit();

  /**
   * What repaints so.
   *
   * @throws Failure if the model cannot be read, is none, or lacks the style
   */
  public Painter painter() {
    Module network = ModelFile.readAny(model);
    return new Painter(network, style.mixture(ModelFile.styles(network)), limit.megapixels());
  }
}
