package org.tapegrad.examples.style;

import static org.tapegrad.ops.LinearAlgebra.gramMatrix;
import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Pyramid.downsample;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * How far a picture is from the style of a painting and from the content of a photograph (Gatys et
 * al. 2016, arXiv:1508.06576), with a {@link FilterBank} in place of a trained network.
 */
final class PerceptualLoss implements StyleLoss {
  /** What the fine and the coarse levels of the pyramid count for in the style. */
  private static final double[] STYLE_WEIGHTS = {2, 2, 2, 1, 0.5};

  /** The finest levels, of which the flow of brush strokes is compared too. */
  private static final int FLOW_LEVELS = 3;

  private static final int FIRST_CONTENT_LEVEL = 1;
  private static final int LAST_CONTENT_LEVEL = 3;

  private final FilterBank bank;
  private final double contentWeight;
  private final List<List<NdArray>> targets = new ArrayList<>();

  /** The loss for a painting [1, 3, H, W]. */
  PerceptualLoss(NdArray painting, double contentWeight) {
    Tensor picture = Tape.inference().constant(painting);
    this.bank = new FilterBank(picture);
    this.contentWeight = contentWeight;
    List<Tensor> pyramid = bank.pyramid(picture);
    for (int level = 0; level < FilterBank.LEVELS; level++) {
      Tensor colours = pyramid.get(level);
      List<Tensor> grams = grams(level, colours, bank.responses(level, colours));
      targets.add(grams.stream().map(Tensor::value).toList());
    }
  }

  @Override
  public Terms of(Tensor picture, Tensor photograph) {
    List<Tensor> pyramid = bank.pyramid(picture);
    List<Tensor> photographPyramid = bank.pyramid(photograph);
    List<Tensor> styles = new ArrayList<>();
    List<Tensor> contents = new ArrayList<>();
    double weights = 0;
    for (int level = 0; level < FilterBank.LEVELS; level++) {
      Tensor responses = bank.responses(level, pyramid.get(level));
      List<Tensor> grams = grams(level, pyramid.get(level), responses);
      for (int i = 0; i < grams.size(); i++) {
        Tensor distance = StyleLoss.distance(grams.get(i), targets.get(level).get(i));
        styles.add(distance.times(STYLE_WEIGHTS[level]));
        weights += STYLE_WEIGHTS[level];
      }
      if (level >= FIRST_CONTENT_LEVEL && level <= LAST_CONTENT_LEVEL) {
        Tensor wanted = bank.lumaResponses(level, photographPyramid.get(level));
        contents.add(meanSquaredError(luma(responses), wanted));
      }
    }
    Tensor style = sum(styles).dividedBy(weights);
    Tensor content = sum(contents).dividedBy(contents.size());
    return new Terms(content, style, content.times(contentWeight).plus(style));
  }

  /**
   * Gram matrices of one level: each colour's oriented responses [3, CHANNELS, CHANNELS], the
   * low-pass colours together, and on fine levels what the luma shows on average around a place.
   * There, long strokes that run side by side differ from noise of the same orientations.
   */
  private List<Tensor> grams(int level, Tensor colours, Tensor responses) {
    int channels = FilterBank.CHANNELS;
    Tensor oriented =
        gramMatrix(responses.reshape(3, channels, responses.size(2), responses.size(3)));
    Tensor lowPass = gramMatrix(bank.lowPass(level, colours));
    return level < FLOW_LEVELS
        ? List.of(oriented, lowPass, gramMatrix(downsample(downsample(luma(responses)))))
        : List.of(oriented, lowPass);
  }

  private static Tensor luma(Tensor responses) {
    return responses.slice(1, 0, FilterBank.CHANNELS);
  }

  private static Tensor sum(List<Tensor> terms) {
    return terms.stream().reduce(Tensor::plus).orElseThrow();
  }
}
