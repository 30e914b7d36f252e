package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Padding;

/**
 * How windows lie on an image, of two spatial axes: with one axis, a first one of size 1 is added.
 *
 * @param pads top, left, bottom, right
 */
record Geometry(int[] kernel, int[] strides, int[] pads, int[] dilations) {
  private static final int AXES = 2;

  /** An image as x[N, C, H, W]. */
  static Tensor image(Call call, Tensor x) {
    int spatial = x.rank() - AXES;
    if (spatial > AXES) {
      throw new OutsideException(spatial + " spatial dimensions");
    }
    if (spatial == AXES) {
      return x;
    }
    call.converted("one spatial axis as two");
    return x.reshape(x.size(0), x.size(1), 1, x.size(2));
  }

  /** A result with as many axes as the input had. */
  static Tensor ofRank(int rank, Tensor y) {
    return rank == y.rank() ? y : y.reshape(y.size(0), y.size(1), y.size(3));
  }

  /** The geometry that a node's attributes describe for windows of the given size. */
  static Geometry of(Call call, Tensor image, int[] kernelShape) {
    int[] kernel = twoAxes(kernelShape);
    int[] strides = twoAxes(call.integers("strides", new int[] {1, 1}));
    int[] dilations = twoAxes(call.integers("dilations", new int[] {1, 1}));
    int[] given = call.integers("pads", new int[] {0, 0, 0, 0});
    int[] pads = given.length == AXES ? new int[] {0, given[0], 0, given[1]} : given;
    String automatic = call.string("auto_pad", "NOTSET");
    Geometry geometry = new Geometry(kernel, strides, pads, dilations);
    return automatic.startsWith("SAME")
        ? geometry.same(call, image, automatic.equals("SAME_UPPER"))
        : geometry;
  }

  private static int[] twoAxes(int[] sizes) {
    return sizes.length == AXES ? sizes : new int[] {1, sizes[0]};
  }

  /** With as much padding as gives ceil(input / stride) windows. */
  private Geometry same(Call call, Tensor image, boolean moreAtTheEnd) {
    call.converted("auto_pad computed");
    int[] total = new int[AXES];
    for (int d = 0; d < AXES; d++) {
      int n = image.size(AXES + d);
      int windows = (n + strides[d] - 1) / strides[d];
      total[d] = Math.max(0, (windows - 1) * strides[d] + windowSize(d) - n);
    }
    return withTotal(total, moreAtTheEnd);
  }

  /** With the given padding shared between both sides of each axis. */
  Geometry withTotal(int[] total, boolean moreAtTheEnd) {
    int[] shared = new int[2 * AXES];
    for (int d = 0; d < AXES; d++) {
      int half = Math.floorDiv(total[d], 2);
      shared[d] = moreAtTheEnd ? half : total[d] - half;
      shared[AXES + d] = total[d] - shared[d];
    }
    return new Geometry(kernel, strides, shared, dilations);
  }

  Geometry withoutPads() {
    return new Geometry(kernel, strides, new int[2 * AXES], dilations);
  }

  /** How far a window reaches along an axis. */
  int windowSize(int d) {
    return (kernel[d] - 1) * dilations[d] + 1;
  }

  /** Whether both sides of each axis have the same padding. */
  boolean isEven() {
    return pads[0] == pads[2] && pads[1] == pads[3] && Arrays.stream(pads).allMatch(p -> p >= 0);
  }

  /** Whether our pooling takes this padding. */
  boolean isForPooling() {
    return isEven() && IntStream.range(0, AXES).allMatch(d -> pads[d] <= kernel[d] / 2);
  }

  /** The image with this padding, of zeros; negative padding crops. */
  Tensor padded(Tensor image) {
    return Padding.zeroPad2d(image, pads[1], pads[3], pads[0], pads[2]);
  }
}
