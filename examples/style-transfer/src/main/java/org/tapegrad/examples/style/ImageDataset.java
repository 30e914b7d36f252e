package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.array.NdArray;

/** The photographs that the network is trained on; each batch is random crops of them. */
final class ImageDataset {
  private static final List<String> BUNDLED =
      List.of("images/astronaut.jpg", "images/coffee.jpg", "images/rocket.jpg");

  /** The side of the largest crop of a photograph, in sides of the training picture. */
  private static final double LARGEST_CROP = 2;

  private final List<BufferedImage> photographs;
  private final int size;

  private ImageDataset(List<BufferedImage> photographs, int size) {
    this.photographs = photographs;
    this.size = size;
  }

  /** The photographs that come with the program, for crops of size x size. */
  static ImageDataset bundled(int size) {
    List<BufferedImage> all = new ArrayList<>();
    for (String name : BUNDLED) {
      BufferedImage image = PictureReader.resource(name);
      all.add(shrunk(image, size, Path.of(name).getFileName()));
    }
    return new ImageDataset(all, size);
  }

  /** The pictures of a folder, for crops of size x size. */
  static ImageDataset inFolder(Path folder, int size, PictureReader reader) {
    if (!Files.exists(folder)) {
      throw Failure.file(folder, "no such folder");
    }
    List<Path> files = Files.isDirectory(folder) ? PictureFiles.inFolder(folder) : List.of(folder);
    if (files.isEmpty()) {
      throw Failure.file(folder, "no picture in this folder");
    }
    List<BufferedImage> all = new ArrayList<>();
    for (Path file : files) {
      all.add(shrunk(reader.read(file), size, file));
    }
    return new ImageDataset(all, size);
  }

  private static BufferedImage shrunk(BufferedImage image, int size, Path file) {
    int shorter = Math.min(image.getWidth(), image.getHeight());
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
    for (BufferedImage photograph : photographs) {
      hash = 31 * hash + Pixels.of(photograph).hashCode();
    }
    return Integer.toHexString(hash);
  }

  /**
   * Random crops of random photographs, some of them mirrored, as [n, 3, size, size]. The same for
   * the same seed, whatever was drawn before.
   */
  NdArray batch(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] batch = new float[n * 3 * size * size];
    for (int i = 0; i < n; i++) {
      float[] crop = Pixels.of(randomCrop(random)).toFloatArray();
      System.arraycopy(crop, 0, batch, i * crop.length, crop.length);
    }
    return NdArray.of(batch, n, 3, size, size);
  }

  private BufferedImage randomCrop(SplittableRandom random) {
    BufferedImage photograph = photographs.get(random.nextInt(photographs.size()));
    int w = photograph.getWidth();
    int h = photograph.getHeight();
    int side = random.nextInt(size, (int) Math.min(Math.min(w, h), LARGEST_CROP * size) + 1);
    int x = random.nextInt(w - side + 1);
    int y = random.nextInt(h - side + 1);
    return random.nextBoolean()
        ? Pixels.scaled(photograph, x, y, side, side, size, size)
        : mirrored(Pixels.scaled(photograph, x, y, side, side, size, size));
  }

  private static BufferedImage mirrored(BufferedImage image) {
    return new ExifOrientation(2).upright(image);
  }
}
