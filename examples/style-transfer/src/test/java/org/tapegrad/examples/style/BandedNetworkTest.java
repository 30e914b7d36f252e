package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class BandedNetworkTest {
  @TempDir Path folder;

  /** A network all of whose weights count. */
  private static TransformerNetwork network() {
    TransformerNetwork network = new TransformerNetwork(3);
    SplittableRandom random = new SplittableRandom(4);
    network
        .parameters()
        .forEach(
            p -> {
              NdArray more = NdArray.normal(DType.FLOAT32, random, 0, 0.1, p.value().shape());
              p.value().assign(p.value().plus(more));
            });
    return network;
  }

  /** Bands of 8 rows at the whole size and more than one at the others. */
  @ParameterizedTest
  @CsvSource({"16, 16", "17, 31", "61, 47", "2300, 101", "40, 3000"})
  void givesWhatTheNetworkGives(int width, int height) throws IOException {
    BufferedImage picture = TestPictures.waves(width, height);
    TransformerNetwork network = network();
    BufferedImage whole = new Repainter(network, folder).repaint(picture, "whole");
    BufferedImage banded = new BandedNetwork(network, folder).repaint(picture);
    double largest = 0;
    int differ = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int a = whole.getRGB(x, y) >> shift & 255;
          int b = banded.getRGB(x, y) >> shift & 255;
          largest = Math.max(largest, Math.abs(a - b));
          differ += a == b ? 0 : 1;
        }
      }
    }
    assertEquals(0, largest, 1); // where rounding to 8 bits tips
    assertEquals(0, differ, 3e-3 * width * height);
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void planesAreStoredWithTheirMeanAndVariance() throws IOException {
    try (StoredPlanes planes = new StoredPlanes(folder, 2, 3, 2)) {
      planes.append(new float[] {1, 2, 3, 4, 10, 10, 10, 10}, 2);
      planes.append(new float[] {5, 6, 10, 10}, 1);
      assertEquals(3.5, planes.mean(0));
      assertEquals(35 / 12.0, planes.variance(0), 1e-12);
      assertEquals(10, planes.mean(1));
      assertEquals(0, planes.variance(1));
      assertEquals(
          "[3.0, 4.0, 5.0, 6.0, 10.0, 10.0, 10.0, 10.0]",
          java.util.Arrays.toString(planes.read(1, 3)));
    }
  }
}
