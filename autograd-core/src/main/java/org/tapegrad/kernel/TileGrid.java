package org.tapegrad.kernel;

/**
 * The tiles of 4x4 results that Winograd's method computes at a time, in rectangles that are worked
 * on together.
 *
 * @param images images in the batch
 * @param down tiles below each other
 * @param across tiles beside each other
 * @param rectanglesDown rectangles below each other
 * @param rectanglesAcross rectangles beside each other
 */
record TileGrid(int images, int down, int across, int rectanglesDown, int rectanglesAcross) {

  /** Rows and columns of a tile. */
  static final int SIDE = 4;

  /** Rows and columns of what a tile is computed from. */
  static final int FIELD = SIDE + 2;

  /** Products per tile, channel and filter. */
  static final int POINTS = FIELD * FIELD;

  /** Tiles [row, row + rows) x [column, column + columns) of an image. */
  record Rectangle(int image, int row, int rows, int column, int columns) {
    int tiles() {
      return rows * columns;
    }
  }

  /** Of images[height, width], in even rectangles of up to most tiles, up to wide in a row. */
  static TileGrid of(int images, int height, int width, int wide, int most) {
    int down = ceil(height, SIDE);
    int across = ceil(width, SIDE);
    int rectanglesAcross = ceil(across, wide);
    int rectanglesDown = ceil(down, Math.min(down, most / ceil(across, rectanglesAcross)));
    return new TileGrid(images, down, across, rectanglesDown, rectanglesAcross);
  }

  /** The number of all rectangles. */
  int rectangles() {
    return images * rectanglesDown * rectanglesAcross;
  }

  /** Rectangle i, image by image. */
  Rectangle rectangle(int i) {
    int j = i / rectanglesAcross;
    int row = j % rectanglesDown * down / rectanglesDown;
    int column = i % rectanglesAcross * across / rectanglesAcross;
    return new Rectangle(
        j / rectanglesDown,
        row,
        (j % rectanglesDown + 1) * down / rectanglesDown - row,
        column,
        (i % rectanglesAcross + 1) * across / rectanglesAcross - column);
  }

  static int ceil(int n, int part) {
    return (n + part - 1) / part;
  }
}
