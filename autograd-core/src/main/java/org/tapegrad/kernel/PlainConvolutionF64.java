package org.tapegrad.kernel;

import java.util.Arrays;

/**
 * Convolution and its adjoints in plain Java. All three come down to {@link RowsF64#addMany}: a few
 * rows of input are copied, padded and without stride, into a small buffer, then scaled and added
 * to one row per channel of output.
 */
final class PlainConvolutionF64 implements Convolution<double[]> {
  /** Input rows copied at a time. */
  private static final int TAPS = 4;

  /** Output channels in one task of the weight gradient. */
  private static final int CHANNELS = 16;

  @Override
  public void forward(ConvolutionShape s, double[] x, double[] weight, double[] y) {
    int height = s.outHeight();
    long work = (long) s.outWidth() * s.outChannels() / s.groups() * taps(s) / 2;
    Parallel.forEach(
        s.batch() * s.groups() * height,
        work,
        (from, to) -> {
          double[] rows = new double[TAPS * s.outWidth()];
          for (int i = from; i < to; i++) {
            int group = i / height % s.groups();
            forwardRow(s, i / height / s.groups(), group, i % height, x, weight, y, rows);
          }
        });
  }

  private static void forwardRow(
      ConvolutionShape s,
      int image,
      int group,
      int oh,
      double[] x,
      double[] weight,
      double[] y,
      double[] rows) {
    int width = s.outWidth();
    int channels = s.outChannels() / s.groups();
    int plane = s.outHeight() * width;
    int first = group * channels;
    int yAt = (image * s.outChannels() + first) * plane + oh * width;
    for (int k = 0; k < channels; k++) {
      Arrays.fill(y, yAt + k * plane, yAt + k * plane + width, 0);
    }
    int taps = taps(s);
    for (int p = 0; p < taps; p += TAPS) {
      int count = Math.min(TAPS, taps - p);
      for (int t = 0; t < count; t++) {
        inputRow(s, image, group, p + t, oh, x, rows, t * width);
      }
      for (int k = 0; k < channels; k++) {
        int wAt = (first + k) * taps + p;
        RowsF64.addMany(width, y, yAt + k * plane, count, weight, wAt, 1, rows, 0, width);
      }
    }
  }

  /** The oW inputs that tap p = (c, kh, kw) sees along output row oh, zeros in the padding. */
  private static void inputRow(
      ConvolutionShape s,
      int image,
      int group,
      int p,
      int oh,
      double[] x,
      double[] row,
      int rowAt) {
    int kernel = s.kernelHeight() * s.kernelWidth();
    int channel = group * (s.inChannels() / s.groups()) + p / kernel;
    int kh = p % kernel / s.kernelWidth();
    int kw = p % s.kernelWidth();
    int ih = oh * s.strideHeight() - s.paddingHeight() + kh * s.dilationHeight();
    int iw = kw * s.dilationWidth() - s.paddingWidth();
    int plane = (image * s.inChannels() + channel) * s.inHeight();
    boolean inside = ih >= 0 && ih < s.inHeight();
    int width = inside ? s.inWidth() : 0;
    copyPadded(x, (plane + ih) * s.inWidth(), width, iw, s.strideWidth(), row, rowAt, s.outWidth());
  }

  /** to[i] = from[start + i·step] for i in [0, count), zero where that is outside [0, length). */
  private static void copyPadded(
      double[] from, int at, int length, int start, int step, double[] to, int toAt, int count) {
    int i = 0;
    for (; i < count && start + i * step < 0; i++) {
      to[toAt + i] = 0;
    }
    for (; i < count && start + i * step < length; i++) {
      to[toAt + i] = from[at + start + i * step];
    }
    for (; i < count; i++) {
      to[toAt + i] = 0;
    }
  }

  @Override
  public void inputGradient(ConvolutionShape s, double[] g, double[] weight, double[] dx) {
    int height = s.inHeight();
    int channels = s.inChannels() / s.groups();
    long work = (long) s.inWidth() * s.outChannels() / s.groups() * taps(s);
    Parallel.forEach(
        s.batch() * s.groups() * height,
        work / 2 / s.strideHeight() / s.strideWidth(),
        (from, to) -> {
          double[] rows = new double[TAPS * s.inWidth()];
          double[] sums = new double[channels * s.inWidth()];
          double[] factors = new double[channels * TAPS];
          for (int i = from; i < to; i++) {
            int image = i / height / s.groups();
            int group = i / height % s.groups();
            for (int phase = 0; phase < s.strideWidth(); phase++) {
              inputGradientRow(s, image, group, i % height, phase, g, weight, sums, rows, factors);
              storeEveryStride(s, image, group, i % height, phase, sums, dx);
            }
          }
        });
  }

  /**
   * sums[C/groups, width] = the columns phase, phase + stride, ... of row ih of dx: only every
   * stride-th tap meets them.
   */
  private static void inputGradientRow(
      ConvolutionShape s,
      int image,
      int group,
      int ih,
      int phase,
      double[] g,
      double[] weight,
      double[] sums,
      double[] rows,
      double[] factors) {
    int width = (s.inWidth() - phase + s.strideWidth() - 1) / s.strideWidth();
    int inChannels = s.inChannels() / s.groups();
    int outChannels = s.outChannels() / s.groups();
    int kernel = s.kernelHeight() * s.kernelWidth();
    Arrays.fill(sums, 0, inChannels * width, 0);
    int count = 0;
    for (int kh = 0; kh < s.kernelHeight(); kh++) {
      int oh = ih + s.paddingHeight() - kh * s.dilationHeight();
      if (oh % s.strideHeight() != 0 || oh < 0 || oh / s.strideHeight() >= s.outHeight()) {
        continue;
      }
      for (int kw = 0; kw < s.kernelWidth(); kw++) {
        int ow = phase + s.paddingWidth() - kw * s.dilationWidth();
        if (ow % s.strideWidth() != 0) {
          continue;
        }
        for (int k = group * outChannels; k < (group + 1) * outChannels; k++) {
          int gAt = (image * s.outChannels() + k) * s.outHeight() + oh / s.strideHeight();
          int start = ow / s.strideWidth();
          copyPadded(
              g, gAt * s.outWidth(), s.outWidth(), start, 1, rows, count * s.inWidth(), width);
          for (int c = 0; c < inChannels; c++) {
            factors[c * TAPS + count] =
                weight[(k * inChannels + c) * kernel + kh * s.kernelWidth() + kw];
          }
          if (++count == TAPS) {
            addRows(inChannels, width, sums, count, factors, rows, s.inWidth());
            count = 0;
          }
        }
      }
    }
    addRows(inChannels, width, sums, count, factors, rows, s.inWidth());
  }

  private static void storeEveryStride(
      ConvolutionShape s, int image, int group, int ih, int phase, double[] sums, double[] dx) {
    int width = (s.inWidth() - phase + s.strideWidth() - 1) / s.strideWidth();
    int channels = s.inChannels() / s.groups();
    for (int c = 0; c < channels; c++) {
      int channel = image * s.inChannels() + group * channels + c;
      int dxAt = (channel * s.inHeight() + ih) * s.inWidth() + phase;
      for (int i = 0; i < width; i++) {
        dx[dxAt + i * s.strideWidth()] = sums[c * width + i];
      }
    }
  }

  private static void addRows(
      int channels,
      int width,
      double[] sums,
      int count,
      double[] factors,
      double[] rows,
      int rowStep) {
    for (int c = 0; c < channels; c++) {
      RowsF64.addMany(width, sums, c * width, count, factors, c * TAPS, 1, rows, 0, rowStep);
    }
  }

  @Override
  public void weightGradient(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    int perGroup = s.outChannels() / s.groups();
    int blocks = (perGroup + CHANNELS - 1) / CHANNELS;
    long work = (long) s.batch() * s.outHeight() * s.outWidth() * taps(s);
    Parallel.forEach(
        s.groups() * blocks,
        work * Math.min(CHANNELS, perGroup) / 2,
        (from, to) -> {
          double[] patches = new double[s.outWidth() * taps(s)];
          double[] sums = new double[taps(s)];
          for (int i = from; i < to; i++) {
            int first = i % blocks * CHANNELS;
            int count = Math.min(CHANNELS, perGroup - first);
            int group = i / blocks;
            weightGradientBlock(
                s, group, group * perGroup + first, count, x, g, dweight, patches, sums);
          }
        });
  }

  /** dweight of the out channels [first, first + count): each output row is summed on its own. */
  private static void weightGradientBlock(
      ConvolutionShape s,
      int group,
      int first,
      int count,
      double[] x,
      double[] g,
      double[] dweight,
      double[] patches,
      double[] sums) {
    int taps = taps(s);
    int width = s.outWidth();
    Arrays.fill(dweight, first * taps, (first + count) * taps, 0);
    double[] row = new double[width];
    for (int image = 0; image < s.batch(); image++) {
      for (int oh = 0; oh < s.outHeight(); oh++) {
        for (int p = 0; p < taps; p++) {
          inputRow(s, image, group, p, oh, x, row, 0);
          for (int i = 0; i < width; i++) {
            patches[i * taps + p] = row[i];
          }
        }
        for (int k = first; k < first + count; k++) {
          int gAt = ((image * s.outChannels() + k) * s.outHeight() + oh) * width;
          Arrays.fill(sums, 0);
          RowsF64.addMany(taps, sums, 0, width, g, gAt, 1, patches, 0, taps);
          RowsF64.addOne(taps, dweight, k * taps, sums, 0, 1);
        }
      }
    }
  }

  private static int taps(ConvolutionShape s) {
    return s.inChannels() / s.groups() * s.kernelHeight() * s.kernelWidth();
  }
}
