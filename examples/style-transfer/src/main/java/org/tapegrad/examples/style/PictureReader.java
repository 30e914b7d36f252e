package org.tapegrad.examples.style;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads picture files. Whatever the file holds (grey, palette, CMYK, 16 bits, a colour profile),
 * the picture in memory is sRGB of 8 bits a channel, upright as its Exif orientation says. A file
 * of which a part is missing or damaged is refused.
 *
 * @param megapixels the largest picture that is decoded
 */
record PictureReader(int megapixels) {
  static final int DEFAULT_MEGAPIXELS = 100;

  private static final List<String> FORMATS = List.of("png", "jpeg", "bmp", "gif", "tiff", "webp");

  /** Warnings about what surrounds the pixels, not about them. */
  private static final Pattern HARMLESS =
      Pattern.compile("extraneous bytes before marker|ICC |color profile|JFIF|Exif|EXIF|XMP");

  private static final PictureReader BUNDLED = new PictureReader(DEFAULT_MEGAPIXELS);

  /** The picture in a file; transparent parts become white. */
  BufferedImage read(Path file) {
    return Pixels.overWhite(readWithAlpha(file));
  }

  /** The picture in a file, which must be as high and as wide as its purpose needs. */
  BufferedImage readAtLeast(int smallest, Path file, String purpose) {
    BufferedImage picture = read(file);
    if (Pixels.shortSide(picture) < smallest) {
      throw Failure.file(
          file,
          "%dx%d is too small to %s, needs %dx%d"
              .formatted(picture.getWidth(), picture.getHeight(), purpose, smallest, smallest));
    }
    return picture;
  }

  /** The picture in a file, transparent where the file's is. */
  BufferedImage readWithAlpha(Path file) {
    if (Files.isDirectory(file)) {
      throw Failure.file(file, "is a folder, not a picture");
    }
    if (!Files.exists(file)) {
      throw Failure.file(file, "no such file");
    }
    try {
      return readWithAlpha(Files.readAllBytes(file), file);
    } catch (IOException e) {
      throw Failure.reading(file, e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(file, e);
    }
  }

  /**
   * The picture in the bytes of a file, transparent where the file's is.
   *
   * @param file the file's name, for messages
   */
  BufferedImage readWithAlpha(byte[] bytes, Path file) {
    try {
      return decode(bytes);
    } catch (IOException e) {
      throw Failure.reading(file, e);
    } catch (RuntimeException e) { // what decoders throw at damaged files is not declared
      throw Failure.reading(file, new IOException("damaged, " + e.getMessage(), e));
    } catch (OutOfMemoryError e) {
      throw tooLarge(file, e);
    }
  }

  private static Failure tooLarge(Path file, OutOfMemoryError e) {
    return new Failure(Failure.FILE, file + ": too large for the memory that Java may use", e);
  }

  /** The picture in the bytes of a file that this program has written. */
  static BufferedImage opaque(byte[] bytes) {
    return Pixels.overWhite(
        new PictureReader(Integer.MAX_VALUE).readWithAlpha(bytes, Path.of("a picture")));
  }

  /** A picture from the classpath, next to this class. */
  static BufferedImage resource(String name) {
    try (InputStream in = PictureReader.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return Pixels.overWhite(BUNDLED.decode(in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException("resource " + name + " is damaged", e);
    }
  }

  private BufferedImage decode(byte[] bytes) throws IOException {
    ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
    ImageReader reader = reader(in);
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    try {
      reader.setInput(in);
      requireSize(reader.getWidth(0), reader.getHeight(0));
      ICC_Profile profile = format(reader).equals("png") ? PngChunks.profile(bytes) : null;
      if (format(reader).equals("webp")) {
        requireLength(bytes);
      }
      BufferedImage image = reader.read(0);
      for (String warning : warnings) {
        if (!HARMLESS.matcher(warning).find()) {
          throw new IOException("damaged, " + warning);
        }
      }
      return ExifOrientation.of(bytes).upright(Colours.srgb(image, profile));
    } finally {
      reader.dispose();
    }
  }

  /** A WebP file begins with RIFF and the number of bytes that follow. */
  private static void requireLength(byte[] file) throws IOException {
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    if (Integer.compareUnsigned(length, file.length - 8) > 0) {
      throw new IOException("damaged, the end is missing");
    }
  }

  /** By what the file holds, not by its name. */
  private static ImageReader reader(ImageInputStream in) throws IOException {
    for (Iterator<ImageReader> readers = ImageIO.getImageReaders(in); readers.hasNext(); ) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(format(reader))) {
        return reader;
      }
    }
    throw new IOException("not a picture of a known format (" + String.join(", ", FORMATS) + ")");
  }

  private static String format(ImageReader reader) throws IOException {
    return reader.getFormatName().toLowerCase(Locale.ROOT);
  }

  private void requireSize(int width, int height) throws IOException {
    double claimed = (double) width * height / 1e6;
    if (claimed > megapixels) {
      throw new IOException(
          "%dx%d are %.0f megapixels, more than the limit of %d; --max-megapixels raises it"
              .formatted(width, height, claimed, megapixels));
    }
  }
}
