package org.tapegrad.examples.style;

import static org.tapegrad.ops.LinearAlgebra.inverse;

import java.awt.image.BufferedImage;
import org.tapegrad.Tape;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Colours for a repainted picture, pixel by pixel: picture · A + photograph · B + c, where A and B
 * are 3x3 and a pixel is a row of red, green and blue in [0, 1].
 */
final class ColourMix {
  private static final NdArray LUMA = NdArray.of(new double[] {0.299, 0.587, 0.114}, 3, 1);
  private static final NdArray ONE = unit(1);
  private static final NdArray NONE = unit(0);

  /** Keeps the colours of a flat picture apart from a division by zero: a level, squared. */
  private static final double LEAST_VARIANCE = 1 / (255.0 * 255);

  private static final int SQUARE_ROOT_STEPS = 20;

  private final NdArray ofPicture;
  private final NdArray ofPhotograph;
  private final NdArray shift;

  private ColourMix(NdArray ofPicture, NdArray ofPhotograph, NdArray shift) {
    this.ofPicture = ofPicture;
    this.ofPhotograph = ofPhotograph;
    this.shift = shift;
  }

  private static NdArray unit(double value) {
    return NdArray.of(new double[] {value, 0, 0, 0, value, 0, 0, 0, value}, 3, 3);
  }

  /** The picture's own colours. */
  static ColourMix own() {
    return new ColourMix(ONE, NONE, NdArray.zeros(DType.FLOAT64, 1, 3));
  }

  /**
   * The photograph's colours: the luma is the picture's, brought to the mean and the deviation of
   * the photograph's, all else of the colour is the photograph's (Gatys et al. 2016,
   * arXiv:1606.05897, section 4).
   */
  static ColourMix ofPhotograph(BufferedImage picture, BufferedImage photograph) {
    Moments now = Moments.of(picture);
    Moments wanted = Moments.of(photograph);
    double factor = Math.sqrt(wanted.lumaVariance() / now.lumaVariance());
    NdArray toLuma = LUMA.matmul(NdArray.ones(DType.FLOAT64, 1, 3));
    NdArray scaled = toLuma.times(factor);
    NdArray shift = wanted.mean.matmul(toLuma).minus(now.mean.matmul(scaled));
    return new ColourMix(scaled, ONE.minus(toLuma), shift);
  }

  /**
   * The painting's colours made like the photograph's as a whole: mean and covariance are the
   * photograph's, by a linear map (Gatys et al. 2016, arXiv:1606.05897, section 3).
   */
  static ColourMix ofPainting(BufferedImage picture, BufferedImage photograph) {
    Moments now = Moments.of(picture);
    Moments wanted = Moments.of(photograph);
    NdArray map = roots(now.covariance)[1].matmul(roots(wanted.covariance)[0]);
    return new ColourMix(map, NONE, wanted.mean.minus(now.mean.matmul(map)));
  }

  /** This mix of so much strength, from 0, the photograph, to 1. */
  ColourMix strength(double strength) {
    return new ColourMix(
        ofPicture.times(strength),
        ofPhotograph.times(strength).plus(ONE.times(1 - strength)),
        shift.times(strength));
  }

  /** Gives a picture these colours, row by row; both are of one size, red-green-blue, opaque. */
  void recolour(BufferedImage picture, BufferedImage photograph) {
    for (int y = 0; y < picture.getHeight(); y++) {
      NdArray row = row(picture, y).matmul(ofPicture).plus(shift);
      NdArray sum = row.plus(row(photograph, y).matmul(ofPhotograph));
      NdArray planes = sum.to(DType.FLOAT32).transpose(1, 0).reshape(1, 3, 1, sum.size(0));
      picture.getRaster().setRect(0, y, Pixels.toImage(planes).getRaster());
    }
  }

  /** The pixels [W, 3] of one row. */
  private static NdArray row(BufferedImage image, int y) {
    int w = image.getWidth();
    NdArray planes = Pixels.of(image.getSubimage(0, y, w, 1)).to(DType.FLOAT64);
    return planes.reshape(3, w).transpose(1, 0);
  }

  /** A picture's mean [1, 3] and covariance [3, 3]. */
  private record Moments(NdArray mean, NdArray covariance) {
    static Moments of(BufferedImage image) {
      double pixels = (double) image.getWidth() * image.getHeight();
      NdArray sum = NdArray.zeros(DType.FLOAT64, 1, 3);
      NdArray products = NONE;
      for (int y = 0; y < image.getHeight(); y++) {
        NdArray row = row(image, y);
        sum = sum.plus(row.sumKeepDims(0));
        products = products.plus(row.matmul(row, true, false));
      }
      NdArray mean = sum.dividedBy(pixels);
      NdArray covariance = products.dividedBy(pixels).minus(mean.matmul(mean, true, false));
      return new Moments(mean, covariance.plus(ONE.times(LEAST_VARIANCE)));
    }

    double lumaVariance() {
      return LUMA.matmul(covariance.matmul(LUMA), true, false).item();
    }
  }

  /** The square root of a positive matrix and its inverse (Denman and Beavers 1976). */
  private static NdArray[] roots(NdArray matrix) {
    NdArray root = matrix;
    NdArray inverse = ONE;
    for (int i = 0; i < SQUARE_ROOT_STEPS; i++) {
      NdArray next = root.plus(inverted(inverse)).times(0.5);
      inverse = inverse.plus(inverted(root)).times(0.5);
      root = next;
    }
    return new NdArray[] {root, inverse};
  }

  private static NdArray inverted(NdArray matrix) {
    return inverse(Tape.inference().constant(matrix)).value();
  }
}
