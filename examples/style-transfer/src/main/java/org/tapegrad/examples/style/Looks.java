package org.tapegrad.examples.style;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.array.NdArray;

/**
 * Pictures of many looks, to learn seeing from: parts of photographs and of paintings in any size
 * and orientation, and random textures of strokes, dots, cells and waves; all in random colours.
 */
final class Looks {
  /** How often a look is a texture, not a part of a picture. */
  private static final double TEXTURES = 0.45;

  /** How often a look keeps its colours. */
  private static final double UNCHANGED = 0.3;

  /** How often another look shines through. */
  private static final double MIXTURES = 0.2;

  /** How often there is noise, and how much of it at most. */
  private static final double NOISY = 0.2;

  private static final double MOST_NOISE = 0.15;

  /** The side of the largest part of a picture, in sides of a look. */
  private static final double LARGEST_CROP = 4;

  private static final int PALETTE = 6;

  private final List<BufferedImage> pictures;
  private final int size;

  /** Pictures of size x size, taken from these and made up. */
  Looks(List<BufferedImage> pictures, int size) {
    this.pictures = pictures;
    this.size = size;
  }

  /**
   * Of the photographs and paintings that come with the program, but for the cat.
   *
   * @param without paintings to leave out
   */
  static Looks bundled(int size, List<String> without) {
    List<BufferedImage> pictures = new ArrayList<>();
    for (String photograph : ImageDataset.BUNDLED) {
      pictures.add(PictureReader.resource(photograph));
    }
    for (String painting : Painting.bundled()) {
      if (!without.contains(painting)) {
        pictures.add(Painting.of(painting, Integer.MAX_VALUE, null).picture());
      }
    }
    return new Looks(pictures, size);
  }

  /** As [n, 3, size, size] in [0, 1], the same for the same seed. */
  NdArray batch(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] batch = new float[n * 3 * size * size];
    for (int i = 0; i < n; i++) {
      float[] pixels = look(random);
      if (random.nextDouble() < MIXTURES) {
        float[] other = look(random);
        float part = random.nextFloat();
        for (int j = 0; j < pixels.length; j++) {
          pixels[j] += part * (other[j] - pixels[j]);
        }
      }
      double noise = random.nextDouble() < NOISY ? random.nextDouble(MOST_NOISE) : 0;
      for (int j = 0; j < pixels.length; j++) {
        double value = pixels[j] + noise * random.nextDouble(-1, 1);
        batch[i * pixels.length + j] = (float) Math.max(0, Math.min(1, value));
      }
    }
    return NdArray.of(batch, n, 3, size, size);
  }

  private float[] look(SplittableRandom random) {
    BufferedImage picture = random.nextDouble() < TEXTURES ? texture(random) : part(random);
    float[] pixels = Pixels.of(picture).toFloatArray();
    recolour(pixels, random);
    return pixels;
  }

  private BufferedImage part(SplittableRandom random) {
    BufferedImage whole = pictures.get(random.nextInt(pictures.size()));
    double shorter = Math.min(whole.getWidth(), whole.getHeight());
    double most = Math.min(shorter / size, LARGEST_CROP);
    int side = (int) (size * Math.pow(most, random.nextDouble()));
    int x = random.nextInt(whole.getWidth() - side + 1);
    int y = random.nextInt(whole.getHeight() - side + 1);
    BufferedImage part = Pixels.withShortSide(whole.getSubimage(x, y, side, side), size);
    return new ExifOrientation(random.nextInt(1, 9)).upright(part);
  }

  private BufferedImage texture(SplittableRandom random) {
    Color[] palette = new Color[PALETTE];
    for (int i = 0; i < PALETTE; i++) {
      palette[i] = new Color(random.nextInt(1 << 24));
    }
    double[] field = random.doubles(6).toArray();
    return switch (random.nextInt(4)) {
      case 0 -> cells(random, palette);
      case 1 -> waves(random, field);
      default -> strokes(random, palette, field);
    };
  }

  /** Strokes along a flow; short ones are dots, straight and thin ones a hatching. */
  private BufferedImage strokes(SplittableRandom random, Color[] palette, double[] field) {
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(palette[0]);
    g.fillRect(0, 0, size, size);
    double length = random.nextDouble() < 0.3 ? 0 : random.nextDouble(20);
    double width = random.nextDouble(0.8, 7);
    int count = (int) (random.nextDouble(0.2, 2) * size * size / (width * (width + length)));
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble(size);
      double y = random.nextDouble(size);
      double place = wave(x, y, field);
      double angle = 7 * field[0] + 3 * field[1] * place + random.nextDouble(0.2);
      int colour = (int) (PALETTE * Math.abs(place + random.nextDouble(-0.3, 0.3))) % PALETTE;
      double dx = length / 2 * Math.cos(angle);
      double dy = length / 2 * Math.sin(angle);
      g.setColor(palette[colour]);
      g.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      g.draw(new Line2D.Double(x - dx, y - dy, x + dx, y + dy));
    }
    g.dispose();
    return picture;
  }

  private BufferedImage cells(SplittableRandom random, Color[] palette) {
    int count = random.nextInt(5, 90);
    double border = random.nextDouble(-3, 6);
    double[] xs = random.doubles(count, 0, size).toArray();
    double[] ys = random.doubles(count, 0, size).toArray();
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      int nearest = 0;
      double first = Double.MAX_VALUE;
      double second = Double.MAX_VALUE;
      for (int cell = 0; cell < count; cell++) {
        double distance = Math.hypot(i % size - xs[cell], i / size - ys[cell]);
        second = Math.min(second, Math.max(distance, first));
        nearest = distance < first ? cell : nearest;
        first = Math.min(first, distance);
      }
      Color colour = second - first < border ? palette[0] : palette[nearest % PALETTE];
      picture.setRGB(i % size, i / size, colour.getRGB());
    }
    return picture;
  }

  private BufferedImage waves(SplittableRandom random, double[] field) {
    double[] hues = random.doubles(3, 1, 5).toArray();
    double roughness = random.nextDouble() < 0.5 ? 0 : random.nextDouble(0.4);
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      double place = 3 * wave(i % size, i / size, field) + random.nextDouble(roughness + 1e-9);
      int colour = 0;
      for (double hue : hues) {
        colour = colour << 8 | (int) (127.5 + 127.5 * Math.sin(hue * (place + hue)));
      }
      picture.setRGB(i % size, i / size, colour);
    }
    return picture;
  }

  /** From 0 to 1, with one of many wave lengths and directions. */
  private static double wave(double x, double y, double[] field) {
    double turn = 7 * field[2];
    double u = x * Math.cos(turn) + y * Math.sin(turn);
    double v = y * Math.cos(turn) - x * Math.sin(turn);
    double length = 3 * Math.pow(15, field[3]);
    return 0.5
        + 0.5 * Math.sin(u / length + 2 * field[4] * Math.sin(v / length / (0.5 + field[5])));
  }

  /** Most often, channels in another order, each with more or less contrast and light. */
  private static void recolour(float[] pixels, SplittableRandom random) {
    if (random.nextDouble() < UNCHANGED) {
      return;
    }
    int n = pixels.length / 3;
    int shift = random.nextDouble() < 0.5 ? 0 : random.nextInt(3);
    float[] before = pixels.clone();
    double contrast = random.nextDouble(0.3, 1.5) * (random.nextDouble() < 0.1 ? -1 : 1);
    for (int c = 0; c < 3; c++) {
      double gain = contrast * random.nextDouble(0.6, 1.4);
      double light = random.nextDouble(-0.2, 0.2);
      for (int i = 0; i < n; i++) {
        double value = 0.5 + light + gain * (before[(c + shift) % 3 * n + i] - 0.5);
        pixels[c * n + i] = (float) value;
      }
    }
  }
}
