package org.tapegrad.examples.style;

import static org.tapegrad.ops.Gram.gramMatrix;
import static org.tapegrad.ops.Losses.meanSquaredError;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.NdArray;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/**
 * How far pictures are from the style of a painting and from the content of photographs (Gatys et
 * al. 2016, arXiv:1508.06576), with a {@link FilterBank} in place of a trained network.
 */
final class PerceptualLoss {
  /** What the fine and the coarse levels of the pyramid count for in the style. */
  private static final double[] STYLE_WEIGHTS = {2, 2, 2, 1, 0.5};

  private static final int FIRST_CONTENT_LEVEL = 1;
  private static final int LAST_CONTENT_LEVEL = 3;

  private final FilterBank bank;
  private final double contentWeight;
  private final List<NdArray> orientedGrams = new ArrayList<>();
  private final List<NdArray> lowPassGrams = new ArrayList<>();

  /**
   * The terms of the loss.
   *
   * @param content unweighted
   * @param style unweighted
   * @param total content · its weight + style
   */
  record Terms(Tensor content, Tensor style, Tensor total) {}

  /** The loss for a painting [1, 3, H, W]. */
  PerceptualLoss(NdArray painting, double contentWeight) {
    Tape tape = Tape.inference();
    this.bank = new FilterBank(tape.constant(painting));
    this.contentWeight = contentWeight;
    List<Tensor> pyramid = bank.pyramid(tape.constant(painting));
    for (int level = 0; level < FilterBank.LEVELS; level++) {
      orientedGrams.add(orientedGram(bank.responses(level, pyramid.get(level))).value());
      lowPassGrams.add(gramMatrix(bank.lowPass(level, pyramid.get(level))).value());
    }
  }

  /** The terms for pictures [N, 3, S, S] painted after photographs of the same shape. */
  Terms of(Tensor pictures, Tensor photographs) {
    List<Tensor> pyramid = bank.pyramid(pictures);
    List<Tensor> photographPyramid = bank.pyramid(photographs);
    Tensor style = null;
    Tensor content = null;
    double sum = 0;
    for (int level = 0; level < FilterBank.LEVELS; level++) {
      Tensor responses = bank.responses(level, pyramid.get(level));
      Tensor low = gramMatrix(bank.lowPass(level, pyramid.get(level)));
      Tensor distance =
          distance(orientedGram(responses), orientedGrams.get(level))
              .plus(distance(low, lowPassGrams.get(level)));
      style = add(style, distance.times(STYLE_WEIGHTS[level]));
      sum += STYLE_WEIGHTS[level];
      if (level >= FIRST_CONTENT_LEVEL && level <= LAST_CONTENT_LEVEL) {
        Tensor seen = responses.slice(1, 0, FilterBank.CHANNELS);
        Tensor wanted = bank.lumaResponses(level, photographPyramid.get(level));
        content = add(content, meanSquaredError(seen, wanted));
      }
    }
    style = style.dividedBy(2 * sum);
    content = content.dividedBy(LAST_CONTENT_LEVEL - FIRST_CONTENT_LEVEL + 1);
    return new Terms(content, style, content.times(contentWeight).plus(style));
  }

  /** The Gram matrices [N, 3, CHANNELS, CHANNELS] of each colour's responses. */
  private static Tensor orientedGram(Tensor responses) {
    int n = responses.size(0);
    Tensor planes =
        responses.reshape(n * 3, FilterBank.CHANNELS, responses.size(2), responses.size(3));
    return gramMatrix(planes).reshape(n, 3, FilterBank.CHANNELS, FilterBank.CHANNELS);
  }

  /** |mean over the batch - target| / |target|: 1 for a picture that shows nothing. */
  private static Tensor distance(Tensor grams, NdArray target) {
    Tensor goal = grams.tape().constant(target);
    double size = goal.square().sum().item();
    Tensor difference = grams.meanKeepDims(0).minus(goal);
    return difference.square().sum().dividedBy(size).plus(1e-8).sqrt();
  }

  private static Tensor add(Tensor sum, Tensor term) {
    return sum == null ? term : sum.plus(term);
  }
}
