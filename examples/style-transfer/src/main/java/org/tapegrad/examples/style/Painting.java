package org.tapegrad.examples.style;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;

/**
 * A picture whose style is learnt.
 *
 * @param name the style's
 * @param shortSide a picture with a longer one is made smaller before it is learnt from
 */
record Painting(String name, BufferedImage picture, int shortSide) {
  private static final Map<String, Supplier<BufferedImage>> BUNDLED = new LinkedHashMap<>();

  static {
    BUNDLED.put("starry-night", () -> PictureReader.resource("images/starry_night.jpg"));
    BUNDLED.put("stained-glass", DrawnPaintings::stainedGlass);
    BUNDLED.put("pen-hatching", DrawnPaintings::penHatching);
    BUNDLED.put("dots", DrawnPaintings::dots);
  }

  /** The names of those that come with the program. */
  static List<String> bundled() {
    return List.copyOf(BUNDLED.keySet());
  }

  /** The painting in a file, or the bundled one of that name. */
  static Painting of(String style, int shortSide, PictureReader reader) {
    Supplier<BufferedImage> drawn = BUNDLED.get(style);
    if (drawn != null) {
      return new Painting(style, drawn.get(), shortSide);
    }
    Path file = Path.of(style);
    BufferedImage picture = reader.readAtLeast(FilterBank.SMALLEST, file, "be a painting");
    if (Pixels.isFlat(picture)) {
      throw Failure.file(file, "is of one colour throughout, there is no style in it");
    }
    return new Painting(Safetensors.printable(PictureFiles.stem(file)), picture, shortSide);
  }

  /** The picture at the size at which it is learnt from. */
  BufferedImage learnt() {
    return Pixels.shortSide(picture) <= shortSide
        ? picture
        : Pixels.withShortSide(picture, shortSide);
  }

  /** What is learnt from, as an array [1, 3, H, W]. */
  NdArray pixels() {
    return Pixels.of(learnt());
  }
}
