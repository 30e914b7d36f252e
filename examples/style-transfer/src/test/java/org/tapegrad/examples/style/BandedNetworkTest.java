package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class BandedNetworkTest {
  private static final String ALGORITHM = "tapegrad.convolution";

  @TempDir Path folder;

  /** A network all of whose weights count. */
  private static TransformerNetwork network() {
    TransformerNetwork network = new TransformerNetwork(3, List.of("a", "b"));
    network.mix(0.3, 0.9);
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
    // Tiles of Winograd's method begin elsewhere in a band, which rounds differently.
    System.setProperty(ALGORITHM, "direct");
    compare(width, height, 1e-5);
    System.clearProperty(ALGORITHM);
    compare(width, height, 2e-5);
  }

  @AfterEach
  void clear() {
    System.clearProperty(ALGORITHM);
  }

  private void compare(int width, int height, double allowed) throws IOException {
    BufferedImage picture = TestPictures.waves(width, height);
    TransformerNetwork network = network();
    NdArray whole = new Repainter(network, folder).repaint(Pixels.of(picture));
    double[] largest = new double[1];
    int[] rows = new int[1];
    List<Double> parts = new ArrayList<>();
    new BandedNetwork(network, folder)
        .repaint(
            picture,
            parts::add,
            (y, band) -> {
              NdArray same = whole.slice(2, y, y + band.size(2));
              largest[0] = Math.max(largest[0], band.minus(same).abs().max().item());
              rows[0] += band.size(2);
            });
    assertEquals(0, largest[0], allowed);
    assertEquals(height, rows[0]);
    assertEquals(parts.stream().sorted().toList(), parts);
    assertEquals(1, parts.get(parts.size() - 1), 1e-9);
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
