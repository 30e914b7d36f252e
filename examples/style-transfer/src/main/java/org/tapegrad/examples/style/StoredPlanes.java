package org.tapegrad.examples.style;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Planes [C, H, W] of float32 in a temporary file, with the mean and the variance of each. */
final class StoredPlanes implements AutoCloseable {
  private final FileChannel file;
  private final int channels;
  private final int height;
  private final int width;
  private final double[] means;
  private final double[] squares;
  private long rows;

  StoredPlanes(Path folder, int channels, int height, int width) throws IOException {
    this.channels = channels;
    this.height = height;
    this.width = width;
    means = new double[channels];
    squares = new double[channels];
    file =
        FileChannel.open(
            folder.resolve(WholeFile.PREFIX + UUID.randomUUID() + WholeFile.SUFFIX),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  int channels() {
    return channels;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Stores the next rows, [C, count, W]. */
  void append(float[] values, int count) {
    int n = count * width;
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder());
    for (int c = 0; c < channels; c++) {
      bytes.clear().asFloatBuffer().put(values, c * n, n);
      transfer(bytes, c, (int) rows, true);
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += values[c * n + i];
      }
      mean /= n;
      double square = 0;
      for (int i = 0; i < n; i++) {
        double d = values[c * n + i] - mean;
        square += d * d;
      }
      merge(c, mean, square, n);
    }
    rows += count;
  }

  /** Joins sums of squared deviations (Chan, Golub, LeVeque 1979). */
  private void merge(int c, double mean, double square, int n) {
    double before = (double) rows * width;
    double delta = mean - means[c];
    means[c] += delta * n / (before + n);
    squares[c] += square + delta * delta * before * n / (before + n);
  }

  /** The rows [from, to) as [C, to - from, W]. */
  float[] read(int from, int to) {
    int n = (to - from) * width;
    float[] values = new float[channels * n];
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder());
    for (int c = 0; c < channels; c++) {
      transfer(bytes.clear(), c, from, false);
      bytes.flip().asFloatBuffer().get(values, c * n, n);
    }
    return values;
  }

  private void transfer(ByteBuffer bytes, int channel, int row, boolean write) {
    long at = 4L * width * ((long) channel * height + row);
    try {
      while (bytes.hasRemaining()) {
        int n = write ? file.write(bytes, at) : file.read(bytes, at);
        if (n < 0) {
          throw new IOException("a temporary file was cut short");
        }
        at += n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double mean(int channel) {
    return means[channel];
  }

  /** With the number of elements as divisor, as instance norm wants it. */
  double variance(int channel) {
    return squares[channel] / ((double) height * width);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
