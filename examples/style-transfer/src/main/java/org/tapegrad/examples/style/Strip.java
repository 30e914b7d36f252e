package org.tapegrad.examples.style;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Pictures side by side, all as high as the lowest, a thin line between them. */
final class Strip {
  private static final int GAP = 4;

  private Strip() {}

  /** The strip; of one picture, that picture. */
  static BufferedImage of(List<BufferedImage> pictures) {
    int height = Integer.MAX_VALUE;
    for (BufferedImage p : pictures) {
      height = Math.min(height, p.getHeight());
    }
    List<BufferedImage> scaled = new ArrayList<>();
    int width = -GAP;
    for (BufferedImage p : pictures) {
      BufferedImage s = withHeight(p, height);
      scaled.add(s);
      width += s.getWidth() + GAP;
    }
    BufferedImage strip = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = strip.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    int x = 0;
    for (BufferedImage s : scaled) {
      g.drawImage(s, x, 0, null);
      x += s.getWidth() + GAP;
    }
    g.dispose();
    return strip;
  }

  private static BufferedImage withHeight(BufferedImage picture, int height) {
    int width =
        Math.max(1, (int) Math.round((double) picture.getWidth() * height / picture.getHeight()));
    return width <= picture.getWidth() && height < picture.getHeight()
        ? Pixels.withShortSide(picture, Math.min(width, height))
        : picture;
  }
}
