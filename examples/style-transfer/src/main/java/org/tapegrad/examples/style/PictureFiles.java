package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Writes and lists picture files. */
final class PictureFiles {
  private static final List<String> READ =
      List.of("png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp");
  private static final List<String> WRITTEN = List.of("png", "jpg", "jpeg");

  private PictureFiles() {}

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
