package org.tapegrad.examples.style;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Reads and writes picture files. Whatever the file holds (grey, palette, 16 bits, transparent),
 * the picture in memory is opaque sRGB of 8 bits a channel, upright as its Exif orientation says.
 */
final class PictureFiles {
  private static final List<String> READ = List.of("png", "jpg", "jpeg", "bmp", "gif");
  private static final List<String> WRITTEN = List.of("png", "jpg", "jpeg");

  private PictureFiles() {}

  /** The picture in a file; transparent parts become white. */
  static BufferedImage read(Path file) {
    if (Files.isDirectory(file)) {
      throw Failure.file(file, "is a folder, not a picture");
    }
    if (!Files.exists(file)) {
      throw Failure.file(file, "no such file");
    }
    try {
      return decode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw Failure.reading(file, e);
    } catch (RuntimeException e) { // what ImageIO throws at damaged files is not declared
      throw Failure.reading(file, new IOException("damaged, " + e.getMessage(), e));
    } catch (OutOfMemoryError e) {
      throw new Failure(Failure.FILE, file + ": too large for the memory that Java may use", e);
    }
  }

  /** A picture from the classpath, next to this class. */
  static BufferedImage resource(String name) {
    try (InputStream in = PictureFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return decode(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("resource " + name + " is damaged", e);
    }
  }

  private static BufferedImage decode(byte[] bytes) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
    if (image == null) {
      throw new IOException("not a picture of a known format (" + String.join(", ", READ) + ")");
    }
    BufferedImage rgb =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            ? greyToRgb(image)
            : overWhite(image);
    return ExifOrientation.of(bytes).upright(rgb);
  }

  private static BufferedImage overWhite(BufferedImage image) {
    BufferedImage rgb =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = rgb.createGraphics();
    g.drawImage(image, 0, 0, Color.WHITE, null);
    g.dispose();
    return rgb;
  }

  /** Grey samples as they are: Java takes them for linear light and would brighten them. */
  private static BufferedImage greyToRgb(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel model = image.getColorModel();
    double scale = 255.0 / ((1 << model.getComponentSize(0)) - 1);
    BufferedImage rgb =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    int[] pixel = new int[raster.getNumBands()];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        raster.getPixel(x, y, pixel);
        double alpha = pixel.length > 1 ? pixel[1] * scale / 255 : 1;
        int grey = (int) Math.round(alpha * pixel[0] * scale + (1 - alpha) * 255);
        rgb.setRGB(x, y, grey << 16 | grey << 8 | grey);
      }
    }
    return rgb;
  }

  /** Refuses a name that {@link #write} does not know the format of. */
  static void requireWritable(Path file) {
    if (!WRITTEN.contains(extension(file))) {
      throw Failure.usage(file + ": a picture is written as .png or .jpg");
    }
  }

  /** Writes a picture, PNG or JPEG as the file's name ends, and makes its folder. */
  static void write(BufferedImage image, Path file) {
    requireWritable(file);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, extension(file), bytes);
      Files.createDirectories(file.toAbsolutePath().getParent());
      writeOrRemove(bytes.toByteArray(), file);
    } catch (IOException e) {
      throw Failure.writing(file, e);
    }
  }

  /** A new file that could be written only in part is of no use to anybody. */
  private static void writeOrRemove(byte[] bytes, Path file) throws IOException {
    boolean existed = Files.exists(file);
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      if (!existed) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  /** Whether the file's name ends like that of a picture. */
  static boolean isPicture(Path file) {
    return READ.contains(extension(file));
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** The pictures of a folder by their names, in alphabetical order. */
  static List<Path> inFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(PictureFiles::isPicture).sorted().toList();
    } catch (IOException e) {
      throw Failure.reading(folder, e);
    }
  }
}
