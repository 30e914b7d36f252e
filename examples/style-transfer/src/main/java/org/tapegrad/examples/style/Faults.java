package org.tapegrad.examples.style;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.array.NdArray;

/**
 * What is wrong with a repainted picture that its loss does not tell: clipped colours, a border, a
 * grid. Bounds come from the photograph and the painting, and for the grid also from chance:
 * strokes have patterns of every period, but only those of 2, 4 and 8 can be the network's.
 */
final class Faults {
  /** Of the colour values, beyond the larger part in photograph and painting. */
  private static final double CLIPPED = 0.02;

  /** In levels, beyond twice the larger border of photograph and painting. */
  private static final double BORDER = 16;

  /** In levels, beyond twice the photograph's own and the neighbouring periods' patterns. */
  private static final double GRID = 0.5;

  private Faults() {}

  /** One text for every fault of a picture [1, 3, H, W] painted after a photograph. */
  static List<String> of(NdArray picture, NdArray photograph, NdArray painting) {
    List<String> faults = new ArrayList<>();
    double clipped = Measures.clipped(picture);
    double usual = Math.max(Measures.clipped(photograph), Measures.clipped(painting)) + CLIPPED;
    if (clipped > usual) {
      faults.add("%.1f %% of it are clipped".formatted(100 * clipped));
    }
    double border = Measures.border(picture);
    if (border > 2 * Math.max(Measures.border(photograph), Measures.border(painting)) + BORDER) {
      faults.add("its border stands out by %.0f levels".formatted(border));
    }
    faults.addAll(grids(picture, photograph));
    return faults;
  }

  /** One text for every period whose pattern is neither the photograph's nor chance. */
  static List<String> grids(NdArray picture, NdArray photograph) {
    List<String> faults = new ArrayList<>();
    for (int period : Measures.PERIODS) {
      double grid = Measures.grid(picture, period);
      double chance = Measures.grid(picture, period + 1);
      if (grid > 2 * Math.max(Measures.grid(photograph, period), chance) + GRID) {
        faults.add("it has a grid of %d pixels, %.1f levels deep".formatted(period, grid));
      }
    }
    return faults;
  }
}
