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

  /** Writes a picture whole, PNG or JPEG as the file's name ends, and makes its folder. */
  static void write(BufferedImage image, Path file) {
    requireWritable(file);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, extension(file), bytes);
      WholeFile.write(bytes.toByteArray(), file);
    } catch (IOException e) {
      throw Failure.writing(file, e);
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

  /** The pictures of a folder by their names, in alphabetical order, without hidden ones. */
  static List<Path> inFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(PictureFiles::isPicture)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failure.reading(folder, e);
    }
  }
}
