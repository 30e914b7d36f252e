package org.tapegrad.examples.style;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** How a camera was held: Exif's orientation, 1 to 8 (Exif 2.3, section 4.6.4). */
record ExifOrientation(int value) {
  private static final ExifOrientation UPRIGHT = new ExifOrientation(1);

  /** The orientation that a file's bytes tell; upright where they tell none. */
  static ExifOrientation of(byte[] file) {
    try {
      Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));
      for (ExifIFD0Directory main : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
        Integer value = main.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
        if (value != null) {
          return new ExifOrientation(value);
        }
      }
      return UPRIGHT;
    } catch (ImageProcessingException | IOException | RuntimeException e) { // damaged: no reason
      return UPRIGHT; // to refuse the picture
    }
  }

  ExifOrientation {
    if (value < 1 || value > 8) {
      throw new IllegalArgumentException("orientation " + value);
    }
  }

  /** The picture turned and mirrored so that it stands as it was seen. */
  BufferedImage upright(BufferedImage image) {
    if (value == 1) {
      return image;
    }
    int w = image.getWidth();
    int h = image.getHeight();
    boolean turned = value >= 5;
    BufferedImage out = new BufferedImage(turned ? h : w, turned ? w : h, image.getType());
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
