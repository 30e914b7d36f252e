package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;

/** The network that {@code apply} takes where no model is named. */
class BundledModelTest {
  private static final int SIDE = 160;

  @TempDir Path folder;

  private Path file() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (InputStream in = ModelFile.class.getResourceAsStream("model.safetensors")) {
      Files.copy(in, file);
    }
    return file;
  }

  @Test
  void itIsSmallAndSaysHowItWasMade() throws IOException {
    Path file = file();
    assertTrue(Files.size(file) < 1_300_000, Files.size(file) + " bytes");
    Map<String, String> card = Safetensors.read(file).metadata();
    assertEquals(String.join("\n", Painting.bundled()), card.get(ModelFile.STYLES));
    for (String name :
        List.of("--style", "--size", "--steps", "--seed", "--features", "measures")) {
      assertNotNull(card.get(name), name);
    }
  }

  /** What networks stumble over: nothing, little, darkness, sharp edges, and everything. */
  static Map<String, BufferedImage> inputs() {
    Map<String, BufferedImage> inputs = new LinkedHashMap<>();
    for (String name : List.of("flat", "gradient", "night", "text")) {
      inputs.put(name, new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB));
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int x = i % SIDE;
      int y = i / SIDE;
      inputs.get("flat").setRGB(x, y, 0x808080);
      inputs.get("gradient").setRGB(x, y, 0x10101 * (40 + x) | y / 2 << 16);
      boolean star = random.nextInt(300) == 0;
      inputs.get("night").setRGB(x, y, star ? 0xffffe0 : 0x060814 + 0x10101 * (y / 20));
    }
    Graphics2D g = inputs.get("text").createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, SIDE, SIDE);
    g.setColor(Color.BLACK);
    g.setFont(new Font(Font.SERIF, Font.PLAIN, 14));
    for (int line = 1; line < 10; line++) {
      g.drawString("All that is read in line " + line, 6, 16 * line);
    }
    g.dispose();
    inputs.put("photo", Pixels.withShortSide(PictureReader.resource("images/chelsea.jpg"), SIDE));
    return inputs;
  }

  @Test
  void noPictureOfItIsFaulty() {
    TransformerNetwork network = ModelFile.bundled();
    List<String> faults = new ArrayList<>();
    for (int style = 0; style < network.styles().size(); style++) {
      String name = network.styles().get(style);
      NdArray painting = Painting.of(name, 216, new PictureReader(1)).pixels();
      network.choose(style);
      inputs()
          .forEach(
              (input, image) -> {
                BufferedImage picture = new Repainter(network, folder).repaint(image, input);
                Faults.of(Pixels.of(picture), Pixels.of(image), painting)
                    .forEach(fault -> faults.add(name + " of " + input + ": " + fault));
              });
    }
    assertEquals(List.of(), faults);
  }

  /**
   * Strokes on flat grey have patterns of every period, by chance: a few levels in a small picture,
   * less in the mean of many with other noise. A grid of the network's would be in all of them.
   */
  @Test
  void theGridOfFlatGreyIsChance() {
    TransformerNetwork network = ModelFile.bundled();
    Tensor grey = Tape.inference().constant(NdArray.full(DType.FLOAT32, 0.5, 1, 3, 400, 400));
    NdArray sum = NdArray.zeros(DType.FLOAT32, 1, 3, 400, 400);
    for (int noise = 0; noise < 24; noise++) {
      sum = sum.plus(network.forward(grey, noise).value());
    }
    NdArray inside = sum.dividedBy(24).slice(2, 40, 360).slice(3, 40, 360);
    double grid = Measures.grid(inside);
    assertTrue(grid < 0.5, grid + " levels");
  }
}
