package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class FilterBankTest {
  private static final int WIDTH = 64;

  private static Tensor constant(NdArray array) {
    return Tape.inference().constant(array);
  }

  private static NdArray waves() {
    return Pixels.of(TestPictures.waves(WIDTH, 60));
  }

  /** A grey wave of the given wavelength in pixels, its crests at the given angle to the y axis. */
  private static NdArray grating(double wavelength, double angle) {
    float[] planes = new float[3 * WIDTH * WIDTH];
    for (int i = 0; i < planes.length; i++) {
      double x = i % WIDTH;
      double y = i / WIDTH % WIDTH;
      double u = x * Math.cos(angle) + y * Math.sin(angle);
      planes[i] = (float) (0.5 + 0.4 * Math.sin(2 * Math.PI * u / wavelength));
    }
    return NdArray.of(planes, 1, 3, WIDTH, WIDTH);
  }

  @Test
  void everyFilterIsBlindToAConstant() {
    List<double[]> bank = Gabor.bank();
    assertEquals(25, bank.size());
    for (double[] filter : bank) {
      double sum = 0;
      double norm = 0;
      for (double v : filter) {
        sum += v;
        norm += Math.abs(v);
      }
      assertEquals(0, sum, 1e-12);
      assertEquals(1, norm, 1e-12);
    }
  }

  @Test
  void orientationsAreToldApart() {
    NdArray noise = NdArray.uniform(DType.FLOAT32, new SplittableRandom(1), 0, 1, 1, 3, 64, 64);
    FilterBank bank = new FilterBank(constant(noise));
    for (int o = 0; o < 6; o++) {
      Tensor picture = constant(grating(3.5, Math.PI * o / 6));
      Tensor seen = bank.lumaResponses(0, bank.pyramid(picture).get(0));
      int strongest = 0;
      double[] energy = new double[6];
      for (int other = 0; other < 6; other++) { // two phases, two signs, the shorter wavelength
        energy[other] = seen.slice(1, 4 * other, 4 * other + 4).mean().item();
        strongest = energy[other] > energy[strongest] ? other : strongest;
      }
      assertEquals(o, strongest, Arrays.toString(energy));
    }
  }

  @Test
  void greyPicturesHaveNoOpponentColour() {
    Tensor picture = constant(grating(6, 0.3));
    for (Tensor level : new FilterBank(constant(waves())).pyramid(picture)) {
      assertTrue(level.slice(1, 1, 3).abs().value().max().item() < 1e-6);
      assertTrue(level.slice(1, 0, 1).mean().item() > 0.4);
    }
  }

  @Test
  void lumaIsTheFirstOfTheColours() {
    FilterBank bank = new FilterBank(constant(waves()));
    List<Tensor> pyramid = bank.pyramid(constant(waves()));
    for (int level = 0; level < FilterBank.LEVELS; level++) {
      NdArray all = bank.responses(level, pyramid.get(level)).value();
      NdArray luma = bank.lumaResponses(level, pyramid.get(level)).value();
      NdArray first = all.slice(1, 0, FilterBank.CHANNELS);
      assertTrue(first.minus(luma).max().item() < 1e-5);
      assertTrue(luma.minus(first).max().item() < 1e-5);
    }
  }

  @Test
  void theSmallestPictureHasAllLevels() {
    NdArray smallest = NdArray.zeros(DType.FLOAT32, 1, 3, FilterBank.SMALLEST, FilterBank.SMALLEST);
    FilterBank bank = new FilterBank(constant(smallest));
    List<Tensor> pyramid = bank.pyramid(constant(smallest));
    Tensor coarsest = bank.responses(FilterBank.LEVELS - 1, pyramid.get(FilterBank.LEVELS - 1));
    assertTrue(coarsest.value().isFinite());
  }

  @Test
  void thePaintingItselfHasItsOwnStyle() {
    PerceptualLoss loss = new PerceptualLoss(waves(), 0.5);
    Tape tape = Tape.inference();
    Tensor painting = tape.constant(waves());
    StyleLoss.Terms same = loss.of(painting, painting);
    assertEquals(0, same.style().item(), 1e-3);
    assertEquals(0, same.content().item(), 1e-6);

    Tensor grey = tape.constant(NdArray.full(DType.FLOAT32, 0.5, 1, 3, 60, WIDTH));
    StyleLoss.Terms terms = loss.of(grey, painting);
    assertTrue(terms.style().item() > 0.5, "style " + terms.style().item());
    assertTrue(terms.content().item() > 0.01, "content " + terms.content().item());
    double total = terms.style().item() + 0.5 * terms.content().item();
    assertEquals(total, terms.total().item(), 1e-5);
  }
}
