package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.NdArray;

class ColourMixTest {
  /** Half a level, and what rounding to 8 bits leaves of it. */
  private static final double LEVEL = 0.51 / 255;

  private static BufferedImage dim(BufferedImage image, double factor, double shift) {
    return Pixels.toImage(Pixels.of(image).times(factor).plus(shift));
  }

  /** The mean, and the covariance with itself, of a channel or of two. */
  private static double product(NdArray x, int a, int b) {
    NdArray first = x.slice(1, a, a + 1);
    NdArray second = x.slice(1, b, b + 1);
    return first.times(second).mean().item() - first.mean().item() * second.mean().item();
  }

  private static NdArray luma(NdArray x) {
    return x.slice(1, 0, 1)
        .times(0.299)
        .plus(x.slice(1, 1, 2).times(0.587))
        .plus(x.slice(1, 2, 3).times(0.114));
  }

  @Test
  void thePhotographsChromaAndTheSpreadOfItsLuma() {
    BufferedImage photograph = dim(TestPictures.waves(64, 48), 0.2, 0.4);
    BufferedImage zoomed = Pixels.scaled(TestPictures.waves(64, 48), 0, 0, 32, 24, 64, 48);
    BufferedImage picture = dim(zoomed, 0.5, 0.2);
    NdArray before = luma(Pixels.of(picture));
    NdArray wanted = Pixels.of(photograph);
    ColourMix.ofPhotograph(picture, photograph).recolour(picture, photograph);
    NdArray now = Pixels.of(picture);
    assertEquals(luma(wanted).mean().item(), luma(now).mean().item(), 1e-3);
    NdArray chroma = now.minus(luma(now)).minus(wanted.minus(luma(wanted)));
    assertEquals(0, chroma.abs().max().item(), 2 * LEVEL);
    double factor = Math.sqrt(product(luma(wanted), 0, 0) / product(before, 0, 0));
    NdArray shape = before.minus(before.mean().item()).times(factor);
    NdArray difference = luma(now).minus(luma(now).mean().item()).minus(shape);
    assertEquals(0, difference.abs().max().item(), 0.01);
  }

  @Test
  void thePhotographsMeanAndCovariance() {
    BufferedImage photograph = dim(TestPictures.waves(64, 48), 0.25, 0.4);
    BufferedImage picture = PictureReader.resource("images/coffee.jpg");
    picture = dim(Pixels.scaled(picture, 40, 40, 64, 48, 64, 48), 0.5, 0.2);
    ColourMix.ofPainting(picture, photograph).recolour(picture, photograph);
    NdArray now = Pixels.of(picture);
    NdArray wanted = Pixels.of(photograph);
    for (int a = 0; a < 3; a++) {
      assertEquals(
          wanted.slice(1, a, a + 1).mean().item(), now.slice(1, a, a + 1).mean().item(), 0.01);
      for (int b = 0; b < 3; b++) {
        assertEquals(product(wanted, a, b), product(now, a, b), 1e-3, a + " " + b);
      }
    }
  }

  @Test
  void strengthGoesFromThePhotographToThePicture() {
    BufferedImage photograph = dim(TestPictures.waves(20, 20), 0.5, 0.3);
    for (double strength : new double[] {0, 0.25, 1}) {
      BufferedImage picture = TestPictures.waves(20, 20);
      NdArray own = Pixels.of(picture);
      ColourMix.own().strength(strength).recolour(picture, photograph);
      NdArray expected = own.times(strength).plus(Pixels.of(photograph).times(1 - strength));
      assertEquals(0, Pixels.of(picture).minus(expected).abs().max().item(), LEVEL);
    }
  }

  @Test
  void aFlatPictureStaysOne() {
    BufferedImage flat = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    BufferedImage photograph = TestPictures.waves(20, 20);
    ColourMix.ofPainting(flat, photograph).recolour(flat, photograph);
    assertEquals(0, Pixels.isFlat(flat) ? 0 : 1);
    NdArray mean = Pixels.of(photograph).mean(2).mean(2);
    NdArray now = Pixels.of(flat).mean(2).mean(2);
    assertEquals(0, now.minus(mean).abs().max().item(), LEVEL);
  }
}
