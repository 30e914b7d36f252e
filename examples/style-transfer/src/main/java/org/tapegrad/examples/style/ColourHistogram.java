package org.tapegrad.examples.style;

import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Pyramid.downsample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * How far the colours of pictures are from those of a painting, wherever they stand: the sliced
 * Wasserstein distance (Rabin et al. 2011). Red, green and blue are projected on random directions;
 * along each, every pixel is compared with the painting's pixel of the same rank.
 */
final class ColourHistogram {
  private static final int DIRECTIONS = 12;

  /** The picture itself and one of half its size, which shows what lies side by side. */
  private static final int LEVELS = 2;

  private final NdArray directions;

  /** On every level, along every direction, the painting's values in rising order. */
  private final List<float[][]> sorted = new ArrayList<>();

  /** The distance to a painting [1, 3, H, W]. */
  ColourHistogram(NdArray painting) {
    directions = directions();
    for (Tensor level : levels(Tape.inference().constant(painting))) {
      float[][] rows = rows(level);
      Arrays.stream(rows).forEach(Arrays::sort);
      sorted.add(rows);
    }
  }

  /**
   * The mean square of the distances between values of the same rank, for pictures [N, 3, H, W].
   */
  Tensor distance(Tensor pictures) {
    List<Tensor> levels = levels(pictures);
    Tensor sum = null;
    for (int level = 0; level < LEVELS; level++) {
      Tensor projected = levels.get(level);
      float[][] rows = rows(projected);
      float[] goal = new float[projected.value().size()];
      int pixels = rows[0].length;
      for (int row = 0; row < rows.length; row++) {
        matched(rows[row], sorted.get(level)[row % DIRECTIONS], goal, row * pixels);
      }
      NdArray target = NdArray.of(goal, projected.shape());
      Tensor distance = meanSquaredError(projected, pictures.tape().constant(target));
      sum = sum == null ? distance : sum.plus(distance);
    }
    return sum.dividedBy(LEVELS);
  }

  /** Projections [N, DIRECTIONS, h, w] of the picture on its levels. */
  private List<Tensor> levels(Tensor pictures) {
    List<Tensor> levels = new ArrayList<>();
    Tensor level = pictures;
    while (levels.size() < LEVELS) {
      levels.add(conv2d(level, level.tape().constant(directions), null));
      level = downsample(level);
    }
    return levels;
  }

  /** One row for every picture and direction. */
  private static float[][] rows(Tensor projected) {
    float[] all = projected.value().toFloatArray();
    int pixels = projected.size(2) * projected.size(3);
    float[][] rows = new float[all.length / pixels][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(all, row * pixels, (row + 1) * pixels);
    }
    return rows;
  }

  /** Writes, for each value, the one of the same rank among the sorted. */
  private static void matched(float[] values, float[] sorted, float[] to, int at) {
    int n = values.length;
    long[] order = new long[n];
    for (int i = 0; i < n; i++) {
      int bits = Float.floatToIntBits(values[i]);
      int rising = bits ^ bits >> 31 & Integer.MAX_VALUE; // ordered like the values
      order[i] = (long) rising << 32 | i;
    }
    Arrays.sort(order);
    for (int rank = 0; rank < n; rank++) {
      to[at + (int) order[rank]] = sorted[(int) ((rank + 0.5) / n * sorted.length)];
    }
  }

  /** Unit vectors [DIRECTIONS, 3, 1, 1], evenly spread in all directions. */
  private static NdArray directions() {
    SplittableRandom random = new SplittableRandom(12);
    NdArray normal = NdArray.normal(DType.FLOAT32, random, 0, 1, DIRECTIONS, 3, 1, 1);
    return normal.dividedBy(normal.square().sumKeepDims(1).sqrt());
  }
}
