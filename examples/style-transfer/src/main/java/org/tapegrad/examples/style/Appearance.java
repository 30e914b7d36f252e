package org.tapegrad.examples.style;

import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Losses.totalVariation;
import static org.tapegrad.ops.Pyramid.downsample;

import java.io.Serializable;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Reduction;

/**
 * What filters and features hardly see of a picture, as one loss: its colours are the painting's
 * ({@link ColourHistogram}), it is no rougher than it must be, and light stays light and dark dark.
 */
final class Appearance {
  /**
   * What its terms count for, in units of the style.
   *
   * @param colours the distance of the colours from the painting's
   * @param roughness the total variation
   * @param tone the distance of the luma of areas from the photograph's
   */
  record Weights(double colours, double roughness, double tone) implements Serializable {
    static final Weights DEFAULT = new Weights(10, 3, 5);
  }

  /** Luma is compared at an eighth of the size: strokes are free, areas are not. */
  private static final int HALVINGS = 3;

  private final ColourHistogram colours;
  private final Weights weights;

  /** After a painting [1, 3, H, W]. */
  Appearance(NdArray painting, Weights weights) {
    colours = new ColourHistogram(painting);
    this.weights = weights;
  }

  /** The loss of a picture [1, 3, S, S] painted after a photograph of the same shape. */
  Tensor of(Tensor picture, Tensor photograph) {
    Tensor tone = meanSquaredError(tone(picture), tone(photograph));
    Tensor roughness = totalVariation(picture, 2, Reduction.MEAN);
    return colours
        .distance(picture)
        .times(weights.colours)
        .plus(roughness.times(weights.roughness))
        .plus(tone.times(weights.tone));
  }

  private static Tensor tone(Tensor picture) {
    Tensor luma = Measures.luma(picture);
    for (int i = 0; i < HALVINGS; i++) {
      luma = downsample(luma);
    }
    return luma;
  }
}
