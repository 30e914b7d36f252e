package org.tapegrad.examples.style;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/** Pictures with a style of their own, drawn by a few lines each and always the same. */
final class DrawnPaintings {
  private static final int SIDE = 480;

  /** Of the lines of a hatching. */
  private static final double SPACING = 7;

  private static final Color[] GLASS = {
    new Color(0x12357f), new Color(0x2a6fd0), new Color(0xa3121f), new Color(0xe2462a),
    new Color(0x0f6b3f), new Color(0xf2b21c), new Color(0xf6e2a0), new Color(0x5a2380)
  };

  private static final Color[] PIGMENTS = {
    new Color(0x2b4c9b), new Color(0x3f8fc4), new Color(0x3b8a4a), new Color(0x9cc04a),
    new Color(0xf4d35e), new Color(0xf28c38), new Color(0xd8433b), new Color(0xf3e3cf)
  };

  private DrawnPaintings() {}

  /** Voronoi cells of coloured glass, brighter towards their middle, in dark lead. */
  static BufferedImage stainedGlass() {
    SplittableRandom random = new SplittableRandom(1);
    int across = 13;
    int cells = across * across;
    double step = (double) SIDE / across;
    double[] xs = new double[cells];
    double[] ys = new double[cells];
    for (int cell = 0; cell < cells; cell++) {
      xs[cell] = step * (cell % across + random.nextDouble(0.1, 0.9));
      ys[cell] = step * (cell / across + random.nextDouble(0.1, 0.9));
    }
    int[] colours = random.ints(cells, 0, GLASS.length).toArray();
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int nearest = 0;
      double first = Double.MAX_VALUE;
      double second = Double.MAX_VALUE;
      for (int cell = 0; cell < cells; cell++) {
        double distance = Math.hypot(i % SIDE - xs[cell], i / SIDE - ys[cell]);
        second = Math.min(second, Math.max(distance, first));
        nearest = distance < first ? cell : nearest;
        first = Math.min(first, distance);
      }
      double lead = Math.max(0, Math.min(1, (second - first) / 3 - 1));
      Color c = GLASS[colours[nearest]];
      double light = lead * (1.1 - 0.4 * first / second) * random.nextDouble(0.94, 1.0);
      picture.setRGB(i % SIDE, i / SIDE, rgb(c, light, 22 * (1 - lead)));
    }
    return picture;
  }

  /** Ink on cream paper: the darker a place, the more directions it is hatched in. */
  static BufferedImage penHatching() {
    SplittableRandom random = new SplittableRandom(2);
    BufferedImage picture = canvas(new Color(0xf3ead3));
    Graphics2D g = graphics(picture);
    g.setColor(new Color(0x1d2236));
    for (int layer = 0; layer < 4; layer++) {
      double angle = new double[] {0.7, -0.6, 0.1, 1.4}[layer];
      for (int i = 0; i < 2600; i++) {
        double x = random.nextDouble(SIDE);
        double y = random.nextDouble(SIDE);
        double across = y * Math.cos(angle) - x * Math.sin(angle);
        double toLine = Math.rint(across / SPACING) * SPACING - across;
        x -= toLine * Math.sin(angle);
        y += toLine * Math.cos(angle);
        if (tone(x, y) < 0.78 - 0.2 * layer) {
          double turned = angle + random.nextDouble(-0.05, 0.05);
          double length = random.nextDouble(8, 22);
          double dx = length * Math.cos(turned);
          double dy = length * Math.sin(turned);
          g.setStroke(new BasicStroke((float) random.nextDouble(1.1, 1.9)));
          g.draw(new Line2D.Double(x - dx, y - dy, x + dx, y + dy));
        }
      }
    }
    g.dispose();
    return picture;
  }

  /** Dots of pure colour side by side, warm in the light and cold in the shade. */
  static BufferedImage dots() {
    SplittableRandom random = new SplittableRandom(3);
    BufferedImage picture = canvas(new Color(0xe9dcc3));
    Graphics2D g = graphics(picture);
    for (int i = 0; i < 9000; i++) {
      double x = random.nextDouble(SIDE);
      double y = random.nextDouble(SIDE);
      double place = tone(x, y) + random.nextDouble(-0.22, 0.22);
      int colour = (int) Math.max(0, Math.min(PIGMENTS.length - 1, place * PIGMENTS.length));
      double radius = random.nextDouble(3.2, 5.2);
      g.setColor(PIGMENTS[colour]);
      g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }
    g.dispose();
    return picture;
  }

  /** How light a place is, from 0 to 1: smooth hills and valleys. */
  private static double tone(double x, double y) {
    double waves =
        Math.sin(x / 47 + 1.3 * Math.sin(y / 71)) + Math.sin(y / 39 + 1.7 * Math.sin(x / 83));
    return 0.5 + 0.25 * waves;
  }

  private static BufferedImage canvas(Color ground) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(ground);
    g.fillRect(0, 0, SIDE, SIDE);
    g.dispose();
    return picture;
  }

  private static Graphics2D graphics(BufferedImage picture) {
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    return g;
  }

  private static int rgb(Color c, double light, double dark) {
    return level(c.getRed() * light + dark) << 16
        | level(c.getGreen() * light + dark) << 8
        | level(c.getBlue() * light + dark);
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, value));
  }
}
