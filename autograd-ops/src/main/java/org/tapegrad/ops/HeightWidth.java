package org.tapegrad.ops;

/** A height and a width in pixels, as kernel sizes, strides and paddings have them. */
public record HeightWidth(int height, int width) {

  /** The same along both axes. */
  static HeightWidth square(int size) {
    return new HeightWidth(size, size);
  }

  int smaller() {
    return Math.min(height, width);
  }

  /** {@code [height, width]}, also where both are equal. */
  String pair() {
    return "[" + height + ", " + width + "]";
  }

  /** One number where both are equal, else {@code [height, width]}. */
  @Override
  public String toString() {
    return height == width ? String.valueOf(height) : pair();
  }
}
