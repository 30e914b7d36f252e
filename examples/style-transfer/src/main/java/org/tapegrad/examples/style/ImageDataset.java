package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tapegrad.array.NdArray;

/** The photographs that the network is trained on; each image is a random crop of one. */
final class ImageDataset {
  static final List<String> BUNDLED =
      List.of("images/astronaut.jpg", "images/coffee.jpg", "images/rocket.jpg");

  /** The side of the largest crop of a photograph, in sides of the training picture. */
  private static final double LARGEST_CROP = 2;

  private final List<Photograph> photographs;
  private final int size;

  private ImageDataset(List<Photograph> photographs, int size) {
    this.photographs = photographs;
    this.size = size;
  }

  /** A photograph that is read again where memory was needed for something else. */
  private static final class Photograph {
    private final Supplier<BufferedImage> source;
    private final Path name;
    private final int hash;
    private SoftReference<BufferedImage> pixels;

    Photograph(Path name, Supplier<BufferedImage> source) {
      this.name = name;
      this.source = source;
      BufferedImage image = source.get();
      hash = Pixels.of(image).hashCode();
      pixels = new SoftReference<>(image);
    }

    BufferedImage pixels() {
      BufferedImage image = pixels.get();
      if (image == null) {
        image = source.get();
        if (Pixels.of(image).hashCode() != hash) {
          throw Failure.file(name, "has changed since the training began");
        }
        pixels = new SoftReference<>(image);
      }
      return image;
    }
  }

  /** The photographs that come with the program, for crops of size x size. */
  static ImageDataset bundled(int size) {
    List<Photograph> all = new ArrayList<>();
    for (String resource : BUNDLED) {
      Path name = Path.of(resource).getFileName();
      all.add(new Photograph(name, () -> shrunk(PictureReader.resource(resource), size, name)));
    }
    return new ImageDataset(all, size);
  }

  /**
   * The pictures of a folder and of those below it, for crops of size x size.
   *
   * @param skipped takes a line for every picture that is of no use
   */
  static ImageDataset inFolder(
      Path folder, int size, PictureReader reader, Consumer<String> skipped) {
    if (!Files.exists(folder)) {
      throw Failure.file(folder, "no such folder");
    }
    if (!Files.isDirectory(folder)) {
      return new ImageDataset(List.of(photograph(folder, size, reader)), size);
    }
    List<Path> files = PictureFiles.belowFolder(folder);
    List<Photograph> all = new ArrayList<>();
    for (Path file : files) {
      try {
        all.add(photograph(file, size, reader));
      } catch (Failure e) {
        skipped.accept("skipped " + e.getMessage());
      }
    }
    if (all.isEmpty()) {
      throw Failure.file(
          folder, files.isEmpty() ? "no picture in this folder" : "no picture that could be used");
    }
    if (all.size() < files.size()) {
      skipped.accept("trains on %d pictures of %d".formatted(all.size(), files.size()));
    }
    return new ImageDataset(all, size);
  }

  /** What {@link #png()} of another returned, for crops of the same size. */
  static ImageDataset of(List<byte[]> png, int size) {
    return new ImageDataset(
        png.stream()
            .map(bytes -> new Photograph(Path.of("photograph"), () -> PictureReader.opaque(bytes)))
            .toList(),
        size);
  }

  /** The photographs as they are cropped, as PNG files. */
  List<byte[]> png() {
    return photographs.stream().map(photograph -> PictureFiles.png(photograph.pixels())).toList();
  }

  private static Photograph photograph(Path file, int size, PictureReader reader) {
    return new Photograph(file, () -> shrunk(reader.read(file), size, file));
  }

  private static BufferedImage shrunk(BufferedImage image, int size, Path file) {
    int shorter = Pixels.shortSide(image);
    if (shorter < size) {
      throw Failure.file(
          file,
          "%dx%d is too small to train on with --size %d"
              .formatted(image.getWidth(), image.getHeight(), size));
    }
    int longest = (int) (LARGEST_CROP * size);
    return shorter > longest ? Pixels.withShortSide(image, longest) : image;
  }

  /** A short text that is the same for the same photographs. */
  String fingerprint() {
    int hash = photographs.size();
    for (Photograph photograph : photographs) {
      hash = 31 * hash + photograph.hash;
    }
    return Integer.toHexString(hash);
  }

  /**
   * A random crop of a random photograph, mirrored or not, as [1, 3, size, size]. The same for the
   * same seed, whatever was drawn before.
   */
  NdArray crop(long seed) {
    return Pixels.of(randomCrop(new SplittableRandom(seed)));
  }

  private BufferedImage randomCrop(SplittableRandom random) {
    BufferedImage photograph = photographs.get(random.nextInt(photographs.size())).pixels();
    int w = photograph.getWidth();
    int h = photograph.getHeight();
    int side = random.nextInt(size, (int) Math.min(Math.min(w, h), LARGEST_CROP * size) + 1);
    int x = random.nextInt(w - side + 1);
    int y = random.nextInt(h - side + 1);
    return random.nextBoolean()
        ? Pixels.scaled(photograph, x, y, side, side, size, size)
        : mirrored(Pixels.scaled(photograph, x, y, side, side, size, size));
  }

  /** Gives up all photographs in memory; they are read again as they are needed. */
  void release() {
    photographs.forEach(photograph -> photograph.pixels.clear());
  }

  private static BufferedImage mirrored(BufferedImage image) {
    return new ExifOrientation(2).upright(image);
  }
}
