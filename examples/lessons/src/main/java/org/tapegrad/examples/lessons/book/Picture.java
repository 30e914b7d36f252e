package org.tapegrad.examples.lessons.book;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Pyramid;

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

  /** The middle of one of the pictures, scaled to [1, C, side, side]: by 2, and by 2 again. */
  public static NdArray read(String file, int side) {
    NdArray all = read(file);
    int size = side;
    while (2 * size <= Math.min(all.size(1), all.size(2))) {
      size *= 2;
    }
    int top = (all.size(1) - size) / 2;
    int left = (all.size(2) - size) / 2;
    NdArray middle = all.slice(1, top, top + size).slice(2, left, left + size);
    Tensor x = Tape.inference().constant(middle.reshape(1, all.size(0), size, size));
    while (x.size(3) > side) {
      x = Pyramid.downsample(x);
    }
    return x.value();
  }

  /** An image [1, 3, H, W] as a PNG file. */
  static byte[] png(NdArray image) {
    int h = image.size(2);
    int w = image.size(3);
    double[] pixels =
        image
            .map(v -> Math.round(WHITE * Math.max(0, Math.min(1, v))))
            .transpose(0, 2, 3, 1)
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
