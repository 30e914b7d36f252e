package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** How a convolution is cut into bands. */
class BandGeometryTest {
  private static final int PLENTY = 1 << 30;

  /** A convolution with a square kernel, padded to keep its size at stride one. */
  private static ConvolutionShape shape(int channels, int rows, int columns, int k, int stride) {
    return new ConvolutionShape(
        1, channels, rows, columns, channels, k, k, stride, stride, k / 2, k / 2, 1, 1, 1);
  }

  @Test
  void oneBandForLittleWork() {
    BandGeometry small = BandGeometry.forward(shape(4, 16, 16, 3, 1));
    assertEquals(16, small.bandRows(1, 4, 36, PLENTY));
  }

  /** 64·64 pixels, 32 channels and 288 taps are 9 times the least work of a task. */
  @Test
  void largeWorkIsCutIntoEightTasks() {
    BandGeometry large = BandGeometry.forward(shape(32, 64, 64, 3, 1));
    assertEquals(8, large.bandRows(1, 32, 288, PLENTY));
    assertEquals(16, large.bandRows(2, 32, 288, PLENTY), "two images, four bands each");
    assertEquals(22, large.bandRows(3, 32, 288, PLENTY), "three images, three bands each");
    assertEquals(64, large.bandRows(8, 32, 288, PLENTY));
    assertEquals(64, large.bandRows(80, 32, 288, PLENTY));
    assertEquals(16, large.bandRows(1, 16, 288, PLENTY), "half the work, four tasks");
  }

  /** A row of a band and of its result takes (64 + 2)·(32 + 32) numbers. */
  @Test
  void bandsFitTheCache() {
    BandGeometry geometry = BandGeometry.forward(shape(32, 64, 64, 3, 1));
    int row = 66 * 64;
    assertEquals(4, geometry.bandRows(1, 32, 288, 4 * row));
    assertEquals(3, geometry.bandRows(1, 32, 288, 4 * row - 1), "22 bands of three rows");
    assertEquals(1, geometry.bandRows(1, 32, 288, row));
    assertEquals(1, geometry.bandRows(1, 32, 288, 1), "a row at least");
  }

  @Test
  void emptyConvolutions() {
    BandGeometry none = BandGeometry.forward(shape(0, 8, 8, 3, 1));
    assertEquals(8, none.bandRows(0, 0, 0, PLENTY));
  }

  /** At stride two a plane for every row phase and column phase that the kernel meets. */
  @Test
  void planesAndPositions() {
    BandGeometry strided = BandGeometry.forward(shape(3, 20, 30, 3, 2));
    assertArrayEquals(new int[] {0, 1}, strided.rowPhases());
    assertEquals(12, strided.planes());
    assertEquals(16, strided.planeWidth());
    assertEquals(3 * 16 + 15, strided.pixels(4));
    int rows = 4 + 1;
    assertEquals(0, strided.at(0, 0, 0, 4, 0, 0));
    assertEquals(16 + 1, strided.at(0, 0, 0, 4, 1, 1));
    assertEquals(rows * 16, strided.at(0, 0, 1, 4, 0, 0));
    assertEquals(2 * rows * 16, strided.at(0, 1, 0, 4, 0, 0));
    assertEquals((4 * 2 + 3) * rows * 16 + 2 * 16, strided.at(2, 1, 1, 4, 2, 0));
    BandGeometry dilated =
        BandGeometry.forward(new ConvolutionShape(1, 1, 9, 9, 1, 3, 3, 2, 2, 0, 0, 2, 2, 1));
    assertArrayEquals(new int[] {0}, dilated.rowPhases(), "every tap on an even row");
  }
}
