package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class FaultsTest {
  private static final NdArray PHOTOGRAPH = strokes(1);
  private static final NdArray PAINTING = strokes(2);

  /** Noise [1, 3, 96, 96] about the middle of the range. */
  private static NdArray strokes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return NdArray.uniform(DType.FLOAT32, random, 0.2, 0.8, 1, 3, 96, 96);
  }

  /** A picture with rows of another value wherever a row's number is one of these. */
  private static NdArray withRows(double value, int from, int to, int period) {
    NdArray picture = strokes(3).copy();
    for (int y = from; y < to; y += period) {
      for (int i = 0; i < 3 * 96; i++) {
        picture.set(value, 0, i / 96, y, i % 96);
      }
    }
    return picture;
  }

  private static List<String> faults(NdArray picture) {
    return Faults.of(picture, PHOTOGRAPH, PAINTING);
  }

  @Test
  void strokesAreNoFault() {
    assertEquals(List.of(), faults(strokes(3)));
    assertEquals(List.of(), faults(PHOTOGRAPH));
  }

  @Test
  void aGridIsNamedWithItsPeriod() {
    List<String> faults = faults(withRows(0.8, 0, 96, 4)); // seen mod 2 and mod 8 too
    assertEquals(3, faults.size(), faults.toString());
    for (int i = 0; i < 3; i++) {
      String named = "it has a grid of %d pixels, ".formatted(Measures.PERIODS[i]);
      assertEquals(0, faults.get(i).indexOf(named), faults.toString());
    }
    assertEquals(List.of(), faults(withRows(0.8, 0, 96, 7)));
  }

  @Test
  void aBlackBorderIsNamed() {
    List<String> faults = faults(withRows(0.1, 0, 4, 1));
    assertEquals("its border stands out by 100 levels", faults.get(0));
    assertEquals(1, faults.size(), faults.toString());
  }

  @Test
  void clippedColoursAreNamed() {
    List<String> faults = faults(withRows(0, 42, 54, 1));
    assertEquals(List.of("12.5 % of it are clipped"), faults);
  }
}
