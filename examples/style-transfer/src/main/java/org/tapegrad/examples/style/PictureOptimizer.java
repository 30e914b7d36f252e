package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Padding.reflectionPad2d;
import static org.tapegrad.ops.Upsampling.upsampleBicubic;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.LBFGS;

/**
 * Repaints one photograph by changing its pixels until the loss is small (Gatys et al. 2016), by
 * L-BFGS: on a small copy first, where strokes reach far, then on copies of twice the size. What a
 * size has changed is added to the next one's beginning, so that fine lines of the photograph stay.
 */
final class PictureOptimizer {
  /** The smallest copy has at least so many pixels on its shorter side. */
  private static final int SMALLEST = 64;

  /**
   * Pixels around the picture that are painted and cut off: networks see zeros beyond a border, and
   * what is painted there is painted against them.
   */
  private static final int MARGIN = 16;

  /** The steps that L-BFGS remembers. */
  private static final int HISTORY = 10;

  /** By how much the first step of L-BFGS changes pixels on average: half a level of 255. */
  private static final double FIRST_CHANGE = 0.002;

  /** Of what lies beyond black and white. */
  private static final double RANGE = 10;

  private final BufferedImage photograph;
  private final BufferedImage start;
  private final BufferedImage painting;
  private final Function<NdArray, StyleLoss> loss;
  private final int steps;

  /** Looks on, and may end it. */
  interface Watch {
    /** Whether to evaluate no more. */
    boolean isOver();

    /** The loss of one more evaluation. */
    void evaluated(double loss);

    /** A copy of this picture's size is done. */
    void painted(BufferedImage picture);
  }

  /**
   * Ready to paint.
   *
   * @param start what to begin with, of the photograph's size
   * @param loss of style and content, for a painting [1, 3, H, W]
   * @param steps evaluations of the loss at each size
   */
  PictureOptimizer(
      BufferedImage photograph,
      BufferedImage start,
      BufferedImage painting,
      Function<NdArray, StyleLoss> loss,
      int steps) {
    this.photograph = photograph;
    this.start = start;
    this.painting = painting;
    this.loss = loss;
    this.steps = steps;
  }

  /** The copies of a photograph of this shorter side, the photograph among them. */
  static int sizes(int shortSide) {
    int sizes = 1;
    while (shortSide >> sizes >= SMALLEST) {
      sizes++;
    }
    return sizes;
  }

  /** The repainted photograph; where the watch ended it, the best picture so far. */
  BufferedImage paint(Watch watch) {
    int side = Pixels.shortSide(photograph);
    NdArray change = null;
    NdArray picture = null;
    for (int level = sizes(side) - 1; level >= 0; level--) {
      NdArray begin = Pixels.of(copy(start, side >> level));
      picture = change == null ? begin : begin.plus(resized(change, begin));
      if (!watch.isOver()) {
        NdArray content = Pixels.of(copy(photograph, side >> level));
        picture = painted(picture, content, Pixels.of(copy(painting, styleSide(level))), watch);
        watch.painted(Pixels.toImage(picture));
      }
      change = picture.minus(begin);
    }
    return Pixels.toImage(picture);
  }

  private int styleSide(int level) {
    return Math.max(FilterBank.SMALLEST, Pixels.shortSide(painting) >> level);
  }

  private static BufferedImage copy(BufferedImage image, int side) {
    return Pixels.shortSide(image) == side ? image : Pixels.withShortSide(image, side);
  }

  private static NdArray resized(NdArray pixels, NdArray like) {
    Tensor x = Tape.inference().constant(pixels);
    return upsampleBicubic(x, like.size(2), like.size(3), false).value();
  }

  /** A picture [1, 3, H, W] after as many evaluations as are allowed. */
  private NdArray painted(NdArray picture, NdArray content, NdArray style, Watch watch) {
    NdArray wide = widened(content);
    double unit = FIRST_CHANGE * wide.size(); // L-BFGS begins by a step of length 1, sum of all
    Parameter pixels = new Parameter("picture", widened(picture).dividedBy(unit));
    StyleLoss terms = loss.apply(style);
    Appearance appearance = new Appearance(style, Appearance.Weights.DEFAULT);
    LBFGS.Options options =
        LBFGS.Options.DEFAULT
            .withHistorySize(HISTORY)
            .withMaxIter(steps)
            .withMaxEval(steps)
            .withTolerances(0, 0);
    try {
      new LBFGS(List.of(pixels), options)
          .step(
              tape -> {
                if (watch.isOver()) {
                  throw new CancellationException();
                }
                Tensor x = tape.variable(pixels).times(unit);
                Tensor photo = tape.constant(wide);
                Tensor total =
                    terms
                        .of(x, photo)
                        .total()
                        .plus(appearance.of(x, photo))
                        .plus(beyondRange(x).times(RANGE));
                watch.evaluated(total.item());
                return total;
              });
    } catch (CancellationException e) {
      // the pixels stand where the last search along a line has left them
    } catch (IllegalStateException e) {
      throw new Failure(Failure.TRAINING, e.getMessage(), e);
    }
    int h = content.size(2);
    int w = content.size(3);
    NdArray whole = pixels.value().times(unit);
    return whole.slice(2, MARGIN, MARGIN + h).slice(3, MARGIN, MARGIN + w);
  }

  private static NdArray widened(NdArray pixels) {
    return reflectionPad2d(Tape.inference().constant(pixels), MARGIN).value();
  }

  private static Tensor beyondRange(Tensor x) {
    return relu(x.minus(1)).square().plus(relu(x.negate()).square()).mean();
  }
}
