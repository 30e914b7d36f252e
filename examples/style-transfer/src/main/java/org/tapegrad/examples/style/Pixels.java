package org.tapegrad.examples.style;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.tapegrad.array.NdArray;

/** Pictures as arrays [1, 3, H, W] of float32 in [0, 1], red, green, blue as sRGB stores them. */
final class Pixels {
  private Pixels() {}

  /** The picture as an array. */
  static NdArray of(BufferedImage image) {
    int w = image.getWidth();
    int h = image.getHeight();
    int[] packed = image.getRGB(0, 0, w, h, null, 0, w);
    if (3L * w * h > Integer.MAX_VALUE) {
      throw new OutOfMemoryError("%dx%d has too many elements for one array".formatted(w, h));
    }
    float[] planes = new float[3 * w * h];
    for (int i = 0; i < packed.length; i++) {
      planes[i] = (packed[i] >> 16 & 255) / 255f;
      planes[w * h + i] = (packed[i] >> 8 & 255) / 255f;
      planes[2 * w * h + i] = (packed[i] & 255) / 255f;
    }
    return NdArray.of(planes, 1, 3, h, w);
  }

  /** The array as a picture, rounded to 8 bits and clipped to the range of colours. */
  static BufferedImage toImage(NdArray pixels) {
    int h = pixels.size(2);
    int w = pixels.size(3);
    float[] planes = pixels.toFloatArray();
    int[] packed = new int[w * h];
    for (int i = 0; i < packed.length; i++) {
      packed[i] =
          level(planes[i]) << 16 | level(planes[w * h + i]) << 8 | level(planes[2 * w * h + i]);
    }
    BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, w, h, packed, 0, w);
    return image;
  }

  /** The picture where it is opaque, on white. */
  static BufferedImage overWhite(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return image;
    }
    BufferedImage opaque =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = opaque.createGraphics();
    g.drawImage(image, 0, 0, Color.WHITE, null);
    g.dispose();
    return opaque;
  }

  /** The picture, as transparent as another one of its size. */
  static BufferedImage withAlphaOf(BufferedImage other, BufferedImage picture) {
    if (!other.getColorModel().hasAlpha()) {
      return picture;
    }
    int w = picture.getWidth();
    BufferedImage out = new BufferedImage(w, picture.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < w; x++) {
        int alpha = other.getRGB(x, y) & 0xff000000;
        out.setRGB(x, y, alpha | picture.getRGB(x, y) & 0xffffff);
      }
    }
    return out;
  }

  /** Whether all pixels have one colour. */
  static boolean isFlat(BufferedImage image) {
    int w = image.getWidth();
    int[] packed = image.getRGB(0, 0, w, image.getHeight(), null, 0, w);
    return Arrays.stream(packed).allMatch(p -> p == packed[0]);
  }

  private static int level(float value) {
    return Math.max(0, Math.min(255, Math.round(value * 255)));
  }

  /** The part of a picture at (x, y) of size w x h, as a picture of size toW x toH. */
  static BufferedImage scaled(BufferedImage image, int x, int y, int w, int h, int toW, int toH) {
    BufferedImage out = new BufferedImage(toW, toH, image.getType());
    Graphics2D g = out.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.drawImage(image, 0, 0, toW, toH, x, y, x + w, y + h, null);
    g.dispose();
    return out;
  }

  /** The smaller one of width and height. */
  static int shortSide(BufferedImage image) {
    return Math.min(image.getWidth(), image.getHeight());
  }

  /**
   * The whole picture with its shorter side of the given length. Halved as often as possible first,
   * because Graphics2D looks at no more than a few pixels around each point.
   */
  static BufferedImage withShortSide(BufferedImage image, int length) {
    BufferedImage now = image;
    while (shortSide(now) >= 2L * length) {
      now =
          scaled(
              now, 0, 0, now.getWidth(), now.getHeight(), now.getWidth() / 2, now.getHeight() / 2);
    }
    double factor = (double) length / shortSide(now);
    int w = (int) Math.round(now.getWidth() * factor);
    int h = (int) Math.round(now.getHeight() * factor);
    return scaled(now, 0, 0, now.getWidth(), now.getHeight(), w, h);
  }
}
