package org.tapegrad.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The vectors only move and compare float16 numbers, so a wrong decoder would pass them. */
class ElementTypeTest {
  @Test
  void halfPrecision() {
    assertEquals(1, ElementType.half((short) 0x3c00));
    assertEquals(-2, ElementType.half((short) 0xc000));
    assertEquals(1 / 3.0, ElementType.half((short) 0x3555), 1e-4);
    assertEquals(65504, ElementType.half((short) 0x7bff));
    assertEquals(0x1p-14, ElementType.half((short) 0x0400));
    assertEquals(0x1p-24, ElementType.half((short) 0x0001));
    assertEquals(Double.NEGATIVE_INFINITY, ElementType.half((short) 0xfc00));
    assertEquals(Double.NaN, ElementType.half((short) 0x7e00));
  }
}
