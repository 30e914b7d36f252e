package org.tapegrad.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.tapegrad.kernel.ConvolutionShape.Run;

/**
 * Convolution and its adjoints in plain Java, for sizes of any range. All three add scaled rows
 * ({@link RowsF64}) along the runs of taps that meet the image ({@link Run}), so that the cost
 * follows the multiplications that are needed, whatever stride, padding and dilation are.
 *
 * <p>Channels of one group of one image are a "part": image·groups + group.
 */
final class PlainConvolutionF64 implements Convolution<double[]> {
  /** Output channels in one task of the weight gradient. */
  private static final int CHANNELS = 16;

  @Override
  public void forward(ConvolutionShape s, double[] x, double[] weight, double[] y) {
    int height = s.outHeight();
    int channels = s.outChannels() / s.groups();
    List<Run> rows = s.rowRuns();
    List<Run> columns = s.columnRuns();
    Parallel.forEach(
        s.batch() * s.groups() * height,
        products(s, rows, columns) / 2 / Math.max(1, height),
        (from, to) -> {
          RowTermsF64 terms = new RowTermsF64(channels, s.outWidth(), weight, taps(s));
          for (int i = from; i < to; i++) {
            int plane = height * s.outWidth();
            int at = i / height * channels * plane + i % height * s.outWidth();
            fillRows(y, at, plane, channels, s.outWidth());
            terms.begin(y, at, plane);
            forwardRow(s, i / height, i % height, rows, columns, x, terms);
          }
        });
  }

  /** The multiplications of one part. */
  private static long products(ConvolutionShape s, List<Run> rows, List<Run> columns) {
    long channels = (long) s.inChannels() / s.groups() * (s.outChannels() / s.groups());
    return (long) (channels * ConvolutionShape.products(rows) * ConvolutionShape.products(columns));
  }

  private static int taps(ConvolutionShape s) {
    return s.inChannels() / s.groups() * s.kernelHeight() * s.kernelWidth();
  }

  /** Fills rows that are step apart with zeros. */
  private static void fillRows(double[] to, int at, int step, int rows, int width) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(to, at + r * step, at + r * step + width, 0);
    }
  }

  private static void forwardRow(
      ConvolutionShape s,
      int part,
      int oh,
      List<Run> rows,
      List<Run> columns,
      double[] x,
      RowTermsF64 terms) {
    int inChannels = s.inChannels() / s.groups();
    int outChannels = s.outChannels() / s.groups();
    int kernel = s.kernelHeight() * s.kernelWidth();
    int first = part % s.groups() * outChannels * inChannels;
    for (Run row : rows) {
      int t = oh - row.out();
      if (t < 0 || t >= row.count()) {
        continue;
      }
      for (int c = 0; c < inChannels; c++) {
        int xRow = (part * inChannels + c) * s.inHeight() + row.in() + t * s.strideHeight();
        int wRow = (first + c) * kernel + row.tap() * s.kernelWidth();
        for (Run run : columns) {
          int at = xRow * s.inWidth() + run.in();
          terms.add(run.out(), run.count(), x, at, s.strideWidth(), wRow + run.tap());
        }
      }
    }
    terms.finish();
  }

  @Override
  public void inputGradient(ConvolutionShape s, double[] g, double[] weight, double[] dx) {
    int height = s.inHeight();
    int width = s.inWidth();
    int channels = s.inChannels() / s.groups();
    int kernel = s.kernelHeight() * s.kernelWidth();
    Map<Integer, List<Run>> rows = ConvolutionShape.byPhase(s.rowRuns(), s.strideHeight());
    List<Run> columns = new ArrayList<>(s.columnRuns());
    columns.sort(Comparator.comparingInt(run -> run.in() % s.strideWidth()));
    // Loops run along a row of g, or along the taps if there are more of them.
    List<Run> windows = s.kernelWidth() > s.outWidth() ? s.columnWindows() : null;
    int phases = Math.min(s.strideWidth(), width);
    int sumWidth = phases == 0 ? 0 : (width - 1) / s.strideWidth() + 1;
    Parallel.forEach(
        s.batch() * s.groups() * height,
        products(s, s.rowRuns(), columns) / 2 / Math.max(1, height),
        (from, to) -> {
          double[] sums = new double[Math.max(channels * phases * sumWidth, s.kernelWidth())];
          RowTermsF64 terms = new RowTermsF64(channels, phases * sumWidth, weight, kernel);
          for (int i = from; i < to; i++) {
            int at = (i / height * channels * height + i % height) * width;
            List<Run> met = rows.getOrDefault(i % height % s.strideHeight(), List.of());
            if (windows != null) {
              fillRows(dx, at, height * width, channels, width);
              scatterRow(s, i / height, i % height, met, windows, g, weight, dx, sums);
            } else {
              Arrays.fill(sums, 0);
              terms.begin(sums, 0, phases * sumWidth);
              gatherRow(s, i / height, i % height, met, columns, sumWidth, g, terms);
              for (int c = 0; c < channels; c++) {
                storePhases(s, sums, c * phases * sumWidth, sumWidth, dx, at + c * height * width);
              }
            }
          }
        });
  }

  /**
   * Row ih of dx, its columns by phase: only the taps of one phase meet the columns phase, phase +
   * stride, ...
   */
  private static void gatherRow(
      ConvolutionShape s,
      int part,
      int ih,
      List<Run> rows,
      List<Run> columns,
      int sumWidth,
      double[] g,
      RowTermsF64 terms) {
    int outChannels = s.outChannels() / s.groups();
    for (Run row : rows) {
      int t = (ih - row.in()) / s.strideHeight();
      if (t < 0 || t >= row.count()) {
        continue;
      }
      for (Run run : columns) {
        int first = run.in() % s.strideWidth() * sumWidth + run.in() / s.strideWidth();
        int tap = row.tap() * s.kernelWidth() + run.tap();
        for (int k = 0; k < outChannels; k++) {
          int gRow = (part * outChannels + k) * s.outHeight() + row.out() + t;
          int wAt = (part % s.groups() * outChannels + k) * taps(s) + tap;
          terms.add(first, run.count(), g, gRow * s.outWidth() + run.out(), 1, wAt);
        }
      }
    }
    terms.finish();
  }

  /** to[at + phase + t·stride] = sums[sumsAt + phase·sumWidth + t]. */
  private static void storePhases(
      ConvolutionShape s, double[] sums, int sumsAt, int sumWidth, double[] to, int at) {
    for (int phase = 0; phase < Math.min(s.strideWidth(), s.inWidth()); phase++) {
      int count = (s.inWidth() - 1 - phase) / s.strideWidth() + 1;
      for (int t = 0; t < count; t++) {
        to[at + phase + t * s.strideWidth()] = sums[sumsAt + phase * sumWidth + t];
      }
    }
  }

  /** Adds to row ih of dx what every pixel of g makes of the taps that meet it. */
  private static void scatterRow(
      ConvolutionShape s,
      int part,
      int ih,
      List<Run> rows,
      List<Run> windows,
      double[] g,
      double[] weight,
      double[] dx,
      double[] sums) {
    int inChannels = s.inChannels() / s.groups();
    int outChannels = s.outChannels() / s.groups();
    int plane = s.outHeight() * s.outWidth();
    int kernel = s.kernelHeight() * s.kernelWidth();
    for (Run row : rows) {
      int t = (ih - row.in()) / s.strideHeight();
      if (t < 0 || t >= row.count()) {
        continue;
      }
      for (int c = 0; c < inChannels; c++) {
        int to = ((part * inChannels + c) * s.inHeight() + ih) * s.inWidth();
        int wRow = (part % s.groups() * outChannels * inChannels + c) * kernel;
        wRow += row.tap() * s.kernelWidth();
        for (Run window : windows) {
          int n = window.count();
          int gAt = part * outChannels * plane + (row.out() + t) * s.outWidth() + window.tap();
          int wAt = wRow + window.out();
          Arrays.fill(sums, 0, n, 0);
          RowsF64.addMany(n, sums, 0, outChannels, g, gAt, plane, weight, wAt, inChannels * kernel);
          for (int j = 0; j < n; j++) {
            dx[to + window.in() + j * s.dilationWidth()] += sums[j];
          }
        }
      }
    }
  }

  @Override
  public void weightGradient(ConvolutionShape s, double[] x, double[] g, double[] dweight) {
    int perGroup = s.outChannels() / s.groups();
    int blocks = (perGroup + CHANNELS - 1) / CHANNELS;
    List<Run> rows = s.rowRuns();
    List<Run> columns = s.columnRuns();
    Parallel.forEach(
        s.groups() * blocks,
        s.batch() * products(s, rows, columns) / 2 / Math.max(1, blocks),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int first = i % blocks * CHANNELS;
            int count = Math.min(CHANNELS, perGroup - first);
            weightGradientBlock(s, i / blocks, first, count, rows, columns, x, g, dweight);
          }
        });
  }

  /** dweight of the out channels [first, first + count): each output row is summed on its own. */
  private static void weightGradientBlock(
      ConvolutionShape s,
      int group,
      int first,
      int count,
      List<Run> rows,
      List<Run> columns,
      double[] x,
      double[] g,
      double[] dweight) {
    int outChannels = s.outChannels() / s.groups();
    int taps = taps(s);
    int dweightAt = (group * outChannels + first) * taps;
    Arrays.fill(dweight, dweightAt, dweightAt + count * taps, 0);
    int begin = columns.stream().mapToInt(Run::out).min().orElse(0);
    int end = columns.stream().mapToInt(run -> run.out() + run.count()).max().orElse(0);
    double[] patches = new double[(end - begin) * taps];
    double[] sums = new double[taps];
    int[] tapOf = new int[taps];
    for (int image = 0; image < s.batch(); image++) {
      int part = image * s.groups() + group;
      for (int oh = 0; oh < s.outHeight(); oh++) {
        int met = patches(s, part, oh, rows, columns, begin, end, x, patches, tapOf);
        for (int k = 0; k < count; k++) {
          int channel = part * outChannels + first + k;
          int gAt = (channel * s.outHeight() + oh) * s.outWidth() + begin;
          Arrays.fill(sums, 0, met, 0);
          RowsF64.addMany(met, sums, 0, end - begin, g, gAt, 1, patches, 0, met);
          for (int p = 0; p < met; p++) {
            dweight[dweightAt + k * taps + tapOf[p]] += sums[p];
          }
        }
      }
    }
  }

  /**
   * patches[oW, p] = the inputs that the taps tapOf[p] see along output row oh, for the taps that
   * meet the image there; returns how many these are.
   */
  private static int patches(
      ConvolutionShape s,
      int part,
      int oh,
      List<Run> rows,
      List<Run> columns,
      int begin,
      int end,
      double[] x,
      double[] patches,
      int[] tapOf) {
    List<Run> met = rows.stream().filter(r -> r.out() <= oh && oh - r.out() < r.count()).toList();
    int channels = s.inChannels() / s.groups();
    int taps = channels * met.size() * columns.size();
    Arrays.fill(patches, 0, (end - begin) * taps, 0);
    int p = 0;
    for (int c = 0; c < channels; c++) {
      for (Run row : met) {
        int ih = row.in() + (oh - row.out()) * s.strideHeight();
        int xRow = ((part * channels + c) * s.inHeight() + ih) * s.inWidth();
        for (Run run : columns) {
          for (int i = 0; i < run.count(); i++) {
            patches[(run.out() - begin + i) * taps + p] = x[xRow + run.in() + i * s.strideWidth()];
          }
          tapOf[p++] = (c * s.kernelHeight() + row.tap()) * s.kernelWidth() + run.tap();
        }
      }
    }
    return taps;
  }
}
