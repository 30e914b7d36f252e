package org.tapegrad.examples.style;

import static org.tapegrad.ops.Padding.reflectionPad2d;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.nn.Module;

/** Repaints photographs of any size with a trained network. */
final class Repainter {
  /** The shortest side of a photograph that the network can see. */
  static final int SMALLEST = 16;

  /** Bytes of memory for each pixel of a picture that is repainted as a whole. */
  private static final long BYTES_PER_PIXEL = 640;

  private final Module network;
  private final Path folder;
  private final DoubleConsumer progress;

  /** With a folder for what does not fit in memory. */
  Repainter(Module network, Path folder) {
    this(network, folder, part -> {});
  }

  /**
   * With a folder for what does not fit in memory.
   *
   * @param network takes pictures [1, 3, H, W] in [0, 1] and gives such; H and W are multiples of
   *     {@link TransformerNetwork#CELL}
   * @param progress takes the part that is done of a picture that does not
   */
  Repainter(Module network, Path folder, DoubleConsumer progress) {
    this.network = network;
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * The repainted photograph, as large as the photograph; transparent parts count as white.
   *
   * @param name the photograph's, for messages
   */
  BufferedImage repaint(BufferedImage photograph, String name) {
    int w = photograph.getWidth();
    int h = photograph.getHeight();
    if (Math.min(w, h) < SMALLEST) {
      throw new Failure(
          Failure.FILE,
          "%s: %dx%d is too small, needs %dx%d".formatted(name, w, h, SMALLEST, SMALLEST));
    }
    try {
      boolean fits = (long) w * h * BYTES_PER_PIXEL < Runtime.getRuntime().maxMemory() / 2;
      return !fits && network instanceof TransformerNetwork known
          ? inBands(known, photograph)
          : Pixels.toImage(repaint(Pixels.of(Pixels.overWhite(photograph))));
    } catch (OutOfMemoryError | ShapeException e) { // more elements than an array can have
      throw new Failure(
          Failure.FILE,
          "%s: %dx%d needs more memory than Java may use; make it smaller, or %s"
              .formatted(name, w, h, Failure.moreHeap()),
          e);
    }
  }

  private BufferedImage inBands(TransformerNetwork known, BufferedImage photograph) {
    try {
      Files.createDirectories(folder);
      return new BandedNetwork(known, folder).repaint(photograph, progress);
    } catch (IOException e) {
      throw Failure.writing(folder, e);
    } catch (UncheckedIOException e) {
      throw Failure.writing(folder, e.getCause());
    }
  }

  /** pixels[1, 3, H, W], padded to whole cells of the network by reflection and cropped again. */
  NdArray repaint(NdArray pixels) {
    int h = pixels.size(2);
    int w = pixels.size(3);
    int below = Math.floorMod(-h, TransformerNetwork.CELL);
    int right = Math.floorMod(-w, TransformerNetwork.CELL);
    Tensor x = Tape.inference().constant(pixels);
    Tensor padded = below + right == 0 ? x : reflectionPad2d(x, 0, right, 0, below);
    return network.forward(padded).slice(2, 0, h).slice(3, 0, w).value();
  }
}
