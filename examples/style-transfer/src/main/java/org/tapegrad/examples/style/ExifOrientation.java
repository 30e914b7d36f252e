package org.tapegrad.examples.style;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a camera was held: the orientation tag (0x0112) of a JPEG's Exif segment, 1 to 8 (Exif 2.3,
 * section 4.6.4), which ImageIO ignores.
 */
record ExifOrientation(int value) {
  private static final ExifOrientation UPRIGHT = new ExifOrientation(1);
  private static final int EXIF = 0x45786966;
  private static final int TAG = 0x0112;

  /** The orientation that a file's bytes tell; upright where they tell none. */
  static ExifOrientation of(byte[] file) {
    try {
      return new ExifOrientation(inJpeg(ByteBuffer.wrap(file)));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }

  ExifOrientation {
    if (value < 1 || value > 8) {
      throw new IllegalArgumentException("orientation " + value);
    }
  }

  private static int inJpeg(ByteBuffer in) {
    if (in.getShort() != (short) 0xFFD8) {
      return 1;
    }
    while (true) {
      int marker = in.getShort() & 0xFFFF;
      if (marker < 0xFFE0 || marker > 0xFFEF) { // the application segments come first
        return 1;
      }
      int length = in.getShort() & 0xFFFF;
      ByteBuffer segment = in.slice(in.position(), length - 2);
      if (marker == 0xFFE1 && segment.getInt() == EXIF) {
        return inTiff(segment.position(6).slice());
      }
      in.position(in.position() + length - 2);
    }
  }

  private static int inTiff(ByteBuffer tiff) {
    tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (tiff.getShort(entry) == TAG) {
        return tiff.getShort(entry + 8);
      }
    }
    return 1;
  }

  /** The picture turned and mirrored so that it stands as it was seen. */
  BufferedImage upright(BufferedImage image) {
    if (value == 1) {
      return image;
    }
    int w = image.getWidth();
    int h = image.getHeight();
    boolean turned = value >= 5;
    BufferedImage out =
        new BufferedImage(turned ? h : w, turned ? w : h, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = out.createGraphics();
    g.drawImage(image, transform(w, h), null);
    g.dispose();
    return out;
  }

  /** Maps (x, y) of the stored picture of size w x h to its place in the upright one. */
  private AffineTransform transform(int w, int h) {
    return switch (value) {
      case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
      case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
      case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
      case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
      case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
      case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
      case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
      default -> new AffineTransform();
    };
  }
}
