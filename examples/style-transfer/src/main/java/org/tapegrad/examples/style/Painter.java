package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.Serializable;
import java.nio.file.Path;
import org.tapegrad.nn.Module;

/**
 * Repaints photographs in one style or mixture, from the bytes of a file to those of another; can
 * be sent elsewhere. Used by one thread at a time.
 */
public final class Painter implements Serializable {
  private static final long serialVersionUID = 1;

  private final NetworkState state;
  private final double[] mixture;
  private final int megapixels;
  private transient Repainter repainter;

  /** Of a network that paints in a mixture of its styles, and refuses larger photographs. */
  Painter(Module network, double[] mixture, int megapixels) {
    this(NetworkState.of(network), mixture, megapixels);
  }

  private Painter(NetworkState state, double[] mixture, int megapixels) {
    this.state = state;
    this.mixture = mixture;
    this.megapixels = megapixels;
  }

  /** Another one, for another thread. */
  public Painter copy() {
    return new Painter(state, mixture, megapixels);
  }

  /** Whether the name of a file ends like that of a picture, and is not hidden. */
  public static boolean isPicture(String name) {
    return !name.startsWith(".") && PictureFiles.isPicture(Path.of(name));
  }

  /**
   * A PNG file of the photograph repainted, as large as the photograph.
   *
   * @param photograph a file of a format that apply reads
   * @param name the file's, for messages
   * @throws Failure if it cannot be read or is too small
   */
  public byte[] repaint(byte[] photograph, String name) {
    Path file = Path.of(name);
    BufferedImage picture = new PictureReader(megapixels).readWithAlpha(photograph, file);
    BufferedImage painted = repainter().repaint(picture, name);
    return PictureFiles.png(Pixels.withAlphaOf(picture, painted));
  }

  private Repainter repainter() {
    if (repainter == null) {
      Module network = state.network();
      if (network instanceof TransformerNetwork known) {
        known.mix(mixture);
      }
      repainter = new Repainter(network, Path.of(System.getProperty("java.io.tmpdir")));
    }
    return repainter;
  }
}
