package org.tapegrad.onnx;

import java.util.Arrays;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;

/** Convolution and its transpose. */
final class ConvolutionBindings {
  private ConvolutionBindings() {}

  static void addTo(Binding.Table table) {
    table.one("Conv", ConvolutionBindings::convolve);
    table.one("ConvTranspose", ConvolutionBindings::convolveTransposed);
  }

  private static Tensor convolve(Call call) {
    Tensor x = Geometry.image(call, call.tensor(0));
    Tensor weight = Geometry.image(call, call.tensor(1));
    Geometry g = Geometry.of(call, x, kernel(weight));
    if (!g.isEven()) {
      call.converted("uneven padding by zeroPad2d");
      x = g.padded(x);
      g = g.withoutPads();
    }
    Tensor y = Convolutions.conv2d(x, weight, call.tensorOrNull(2), options(call, g));
    return Geometry.ofRank(call.tensor(0).rank(), y);
  }

  private static int[] kernel(Tensor weight) {
    return new int[] {weight.size(2), weight.size(3)};
  }

  private static Conv2dOptions options(Call call, Geometry g) {
    return Conv2dOptions.DEFAULT
        .withStride(g.strides()[0], g.strides()[1])
        .withPadding(g.pads()[0], g.pads()[1])
        .withDilation(g.dilations()[0], g.dilations()[1])
        .withGroups(call.integer("group", 1));
  }

  /** Padding takes away from the result, whose size may be given instead. */
  private static Tensor convolveTransposed(Call call) {
    Tensor x = Geometry.image(call, call.tensor(0));
    Tensor weight = Geometry.image(call, call.tensor(1));
    int[] more = call.integers("output_padding", new int[] {0, 0});
    Geometry g = Geometry.of(call, x, kernel(weight));
    String automatic = call.string("auto_pad", "NOTSET");
    int[] size = call.integers("output_shape", null);
    if (size == null && automatic.startsWith("SAME")) {
      size = new int[] {x.size(2) * g.strides()[0], x.size(3) * g.strides()[1]};
    }
    if (size != null) {
      call.converted("padding from the size of the result");
      int[] total = new int[2];
      for (int d = 0; d < 2; d++) {
        int whole = g.strides()[d] * (x.size(2 + d) - 1) + more[d] + g.windowSize(d);
        total[d] = whole - size[d];
      }
      g = g.withTotal(total, automatic.equals("SAME_UPPER"));
    }
    Conv2dOptions options =
        options(call, g.isEven() ? g : g.withoutPads()).withOutputPadding(more[0], more[1]);
    Tensor y = Convolutions.convTranspose2d(x, weight, call.tensorOrNull(2), options);
    if (!g.isEven()) {
      call.converted("uneven padding by zeroPad2d");
      int[] cropped = Arrays.stream(g.pads()).map(p -> -p).toArray();
      y = new Geometry(g.kernel(), g.strides(), cropped, g.dilations()).padded(y);
    }
    return Geometry.ofRank(call.tensor(0).rank(), y);
  }
}
