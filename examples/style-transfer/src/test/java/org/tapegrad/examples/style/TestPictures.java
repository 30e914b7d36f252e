package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** Small pictures by formula. */
final class TestPictures {
  private TestPictures() {}

  /** Waves of colour in all directions. */
  static BufferedImage waves(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int r = wave(0.9 * x + 0.3 * y);
        int g = wave(0.2 * x - 0.7 * y + 1);
        int b = wave(0.01 * x * y);
        image.setRGB(x, y, r << 16 | g << 8 | b);
      }
    }
    return image;
  }

  static BufferedImage read(Path file) {
    return new PictureReader(PictureReader.DEFAULT_MEGAPIXELS).read(file);
  }

  private static int wave(double phase) {
    return (int) Math.round(127.5 + 127.5 * Math.sin(phase));
  }
}
