package org.tapegrad.examples.lessons.book;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.tapegrad.array.NdArray;

/** Pictures as arrays [C, H, W] of float32 in [0, 1]. */
public final class Picture {
  private static final float WHITE = 255;

  private Picture() {}

  /** One of the pictures that come with the lessons, by the name of its file. */
  public static NdArray read(String file) {
    try {
      WritableRaster raster = ImageIO.read(Picture.class.getResource("/" + file)).getRaster();
      int c = raster.getNumBands();
      int h = raster.getHeight();
      int w = raster.getWidth();
      float[] pixels = raster.getPixels(0, 0, w, h, new float[c * h * w]);
      return NdArray.of(pixels, h, w, c).transpose(2, 0, 1).dividedBy(WHITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An image [3, H, W] as a PNG file. */
  static byte[] png(NdArray image) {
    int h = image.size(1);
    int w = image.size(2);
    double[] pixels =
        image
            .map(v -> Math.round(WHITE * Math.max(0, Math.min(1, v))))
            .transpose(1, 2, 0)
            .toDoubleArray();
    BufferedImage picture = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    picture.getRaster().setPixels(0, 0, w, h, pixels);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
