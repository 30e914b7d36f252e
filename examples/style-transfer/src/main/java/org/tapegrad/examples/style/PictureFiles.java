package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Writes and lists picture files. */
final class PictureFiles {
  private static final List<String> READ =
      List.of("png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp");
  private static final List<String> UNREAD =
      List.of(
          "heic", "heif", "avif", "jxl", "jp2", "psd", "dng", "cr2", "cr3", "nef", "arw", "raw");
  private static final List<String> WRITTEN = List.of("png", "jpg", "jpeg");

  /** The quality of JPEG files, in percent. */
  static final int DEFAULT_QUALITY = 95;

  private PictureFiles() {}

  /** Refuses a name that {@link #write} does not know the format of. */
  static void requireWritable(Path file) {
    if (!WRITTEN.contains(extension(file))) {
      throw Failure.usage(file + ": a picture is written as .png or .jpg");
    }
  }

  /** Whether a file of this name can be transparent. */
  static boolean keepsAlpha(Path file) {
    return extension(file).equals("png");
  }

  /** The option --quality, which must be from 1 to 100. */
  static void requireQuality(int quality) {
    if (quality < 1 || quality > 100) {
      throw Failure.usage("--quality must be from 1 to 100, was " + quality);
    }
  }

  /** {@link #write(BufferedImage, Path, int)} with the quality that is usual here. */
  static void write(BufferedImage image, Path file) {
    write(image, file, DEFAULT_QUALITY);
  }

  /**
   * Writes a picture whole, PNG or JPEG as the file's name ends, and makes its folder.
   *
   * @param quality of a JPEG, from 1 to 100
   */
  static void write(BufferedImage image, Path file, int quality) {
    requireWritable(file);
    try {
      WholeFile.write(
          file,
          bytes -> {
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
              if (keepsAlpha(file)) {
                ImageIO.write(image, "png", out);
              } else {
                writeJpeg(image, quality, out);
              }
            }
          });
    } catch (IOException e) {
      throw Failure.writing(file, e);
    }
  }

  /** The bytes of a PNG file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** With colours at full resolution (4:4:4): brush strokes differ in colour more than in light. */
  private static void writeJpeg(BufferedImage image, int quality, ImageOutputStream out)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(quality / 100f);
    IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    NodeList components = root.getElementsByTagName("componentSpec");
    for (int i = 0; i < components.getLength(); i++) {
      Element component = (Element) components.item(i);
      component.setAttribute("HsamplingFactor", "1");
      component.setAttribute("VsamplingFactor", "1");
    }
    metadata.setFromTree(format, root);
    try {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, metadata), param);
    } finally {
      writer.dispose();
    }
  }

  /** Whether the file's name ends like that of a picture. */
  static boolean isPicture(Path file) {
    return READ.contains(extension(file));
  }

  /** The name of a file without its ending. */
  static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** The pictures of a folder by their names, in alphabetical order, without hidden ones. */
  static List<Path> inFolder(Path folder) {
    return list(folder, 1);
  }

  /** The pictures of a folder and of all folders below it. */
  static List<Path> belowFolder(Path folder) {
    return list(folder, Integer.MAX_VALUE);
  }

  private static List<Path> list(Path folder, int depth) {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> isVisible(folder.relativize(file)))
          .filter(PictureFiles::isPicture)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failure.reading(folder, e);
    } catch (UncheckedIOException e) {
      throw Failure.reading(folder, e.getCause());
    }
  }

  private static boolean isVisible(Path file) {
    for (Path part : file) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  /** The pictures of a folder that are left out because nothing here reads their format. */
  static List<Path> unread(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> UNREAD.contains(extension(file))).sorted().toList();
    } catch (IOException e) {
      throw Failure.reading(folder, e);
    }
  }
}
