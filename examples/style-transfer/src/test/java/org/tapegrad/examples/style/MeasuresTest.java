package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Measures of pictures for which they are known. */
class MeasuresTest {
  private static final int H = 48;
  private static final int W = 64;

  /** Grey of a value at each (x, y). */
  private static NdArray grey(DoubleBinaryOperator value) {
    float[] planes = new float[3 * H * W];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (float) value.applyAsDouble(i % W, i / W % H);
    }
    return NdArray.of(planes, 1, 3, H, W);
  }

  @Test
  void clippedValuesAreCounted() {
    assertEquals(0, Measures.clipped(grey((x, y) -> 0.5)));
    assertEquals(0.25, Measures.clipped(grey((x, y) -> x < 16 ? 1 / 255.0 : 2 / 255.0)), 1e-7);
    assertEquals(0.5, Measures.clipped(grey((x, y) -> y < 24 ? 1 : 0.99)), 1e-7);
  }

  @Test
  void aFrameIsSeenOnAnySide() {
    assertEquals(0, Measures.border(grey((x, y) -> 0.5)), 1e-4);
    double frame = 255 * 0.2;
    assertEquals(frame, Measures.border(grey((x, y) -> y < 4 ? 0.3 : 0.5)), 1e-3);
    assertEquals(frame, Measures.border(grey((x, y) -> y >= H - 4 ? 0.3 : 0.5)), 1e-3);
    assertEquals(frame, Measures.border(grey((x, y) -> x < 4 ? 0.7 : 0.5)), 1e-3);
    assertEquals(frame, Measures.border(grey((x, y) -> x >= W - 4 ? 0.7 : 0.5)), 1e-3);
    assertEquals(4, Measures.border(grey((x, y) -> x / 255)), 1e-3); // four columns further in
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void aPatternIsFoundByItsPeriod(int period) {
    DoubleBinaryOperator rows = (x, y) -> y % period == 1 ? 0.6 : 0.5;
    assertEquals(25.5, Measures.grid(grey(rows), period), 1e-3);
    assertEquals(25.5, Measures.grid(grey((x, y) -> rows.applyAsDouble(y, x)), period), 1e-3);
    assertEquals(25.5, Measures.grid(grey(rows)), 1e-3);
    assertEquals(0, Measures.grid(grey((x, y) -> 0.5), period), 1e-3);
    assertEquals(0, Measures.grid(grey((x, y) -> (int) (y / period) % 2), period), 1e-3);
    double gradient = period - 1;
    assertEquals(gradient, Measures.grid(grey((x, y) -> x / 255), period), 1e-3);
  }

  @Test
  void aPatternInOneColourIsFoundToo() {
    NdArray picture = grey((x, y) -> 0.5).copy();
    for (int y = 0; y < H; y += 4) {
      for (int x = 0; x < W; x++) {
        picture.set(0.3, 0, 2, y, x);
      }
    }
    assertEquals(51, Measures.grid(picture, 4), 1e-3);
  }

  @Test
  void structureIsCompared() {
    NdArray waves = Pixels.of(TestPictures.waves(W, H));
    assertEquals(1, Measures.ssim(waves, waves), 1e-5);
    double c = 0.01 * 0.01;
    double flat = (2 * 0.5 * 0.25 + c) / (0.5 * 0.5 + 0.25 * 0.25 + c); // of luminance alone
    assertEquals(flat, Measures.ssim(grey((x, y) -> 0.5), grey((x, y) -> 0.25)), 1e-4);
    assertTrue(Measures.ssim(waves, waves.negate().plus(1)) < 0);
  }

  @Test
  void gramMatricesAndFeaturesAreCompared() {
    NdArray features = Pixels.of(TestPictures.waves(W, H));
    assertEquals(0, FeatureMeasures.gramDistance(features, features), 1e-7);
    assertEquals(3, FeatureMeasures.gramDistance(features.times(2), features), 1e-5); // 4G - G
    assertEquals(1, FeatureMeasures.gramDistance(features.times(0), features), 1e-6);
    assertEquals(0, FeatureMeasures.distance(features, features.times(2)), 1e-6);
    NdArray one = NdArray.zeros(DType.FLOAT32, 1, 2, 1, 2);
    one.set(3, 0, 0, 0, 0);
    one.set(5, 0, 1, 0, 1);
    NdArray other = NdArray.zeros(DType.FLOAT32, 1, 2, 1, 2);
    other.set(1, 0, 1, 0, 0);
    other.set(1, 0, 1, 0, 1);
    assertEquals(1, FeatureMeasures.distance(one, other), 1e-6); // 2 where orthogonal, then 0
  }
}
