package org.tapegrad.onnx;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Pool2dOptions;
import org.tapegrad.ops.Pooling;

/** Pooling. */
final class PoolingBindings {
  private PoolingBindings() {}

  static void addTo(Binding.Table table) {
    table.one("AveragePool", PoolingBindings::average);
    table.many("MaxPool", PoolingBindings::maximum);
    table.unary("GlobalAveragePool", Pooling::globalAvgPool2d);
    table.one("GlobalMaxPool", PoolingBindings::globalMaximum);
  }

  private static Pool2dOptions options(Call call, Geometry g) {
    return Pool2dOptions.kernelSize(g.kernel()[0], g.kernel()[1])
        .withStride(g.strides()[0], g.strides()[1])
        .withPadding(g.pads()[0], g.pads()[1])
        .withDilation(g.dilations()[0], g.dilations()[1])
        .withCeilMode(call.integer("ceil_mode", 0) == 1)
        .withCountIncludePad(call.integer("count_include_pad", 0) == 1);
  }

  private static Geometry geometry(Call call, Tensor image) {
    return Geometry.of(call, image, call.integers("kernel_shape", null));
  }

  /**
   * Zeros that are not to be counted are divided out: the mean of 1s on the image, 0s beside it.
   */
  private static Tensor average(Call call) {
    Tensor x = Geometry.image(call, call.tensor(0));
    Geometry g = geometry(call, x);
    Tensor y;
    if (g.isForPooling()) {
      y = Pooling.avgPool2d(x, options(call, g));
    } else {
      call.converted("uneven or large padding before the pooling");
      Pool2dOptions plain = options(call, g.withoutPads());
      y = Pooling.avgPool2d(g.padded(x), plain);
      if (call.integer("count_include_pad", 0) == 0) {
        Tensor ones = call.tape().constant(NdArray.ones(x.dtype(), x.shape()));
        y = y.dividedBy(Pooling.avgPool2d(g.padded(ones), plain));
      }
    }
    return Geometry.ofRank(call.tensor(0).rank(), y);
  }

  private static List<Tensor> maximum(Call call) {
    Tensor x = Geometry.image(call, call.tensor(0));
    Geometry g = geometry(call, x);
    Tensor padded = x;
    if (!g.isForPooling()) {
      call.converted("uneven or large padding before the pooling");
      for (int d = 0; d < 2; d++) {
        padded =
            PaddingBindings.constant(
                padded, 2 + d, g.pads()[d], g.pads()[2 + d], Double.NEGATIVE_INFINITY);
      }
      g = g.withoutPads();
    }
    Tensor y = Pooling.maxPool2d(padded, options(call, g));
    List<Tensor> outputs = new ArrayList<>();
    outputs.add(Geometry.ofRank(call.tensor(0).rank(), y));
    if (call.outputs() == 2) {
      outputs.add(indices(call, x, y));
    }
    return outputs;
  }

  /** Where each maximum was: where a 1 as its gradient goes. */
  private static Tensor indices(Call call, Tensor x, Tensor y) {
    call.converted("indices of maxima from gradients");
    int h = x.size(2);
    int w = x.size(3);
    boolean byColumn = call.integer("storage_order", 0) == 1;
    double[] indices = new double[y.value().size()];
    for (int i = 0; i < indices.length; i++) {
      double[] seed = new double[indices.length];
      seed[i] = 1;
      NdArray g = NdArray.of(seed, y.shape()).to(y.dtype());
      double[] gradient =
          call.tape().vjp(List.of(y), List.of(g), List.of(x)).get(0).toDoubleArray();
      int at = 0;
      while (gradient[at] != 1) {
        at++;
      }
      int inPlane = at % (h * w);
      indices[i] = at - inPlane + (byColumn ? inPlane % w * h + inPlane / w : inPlane);
    }
    return call.tape().constant(NdArray.of(indices, y.shape()));
  }

  private static Tensor globalMaximum(Call call) {
    call.converted("one window of the size of the image");
    Tensor x = call.tensor(0);
    return Pooling.maxPool2d(x, Pool2dOptions.kernelSize(x.size(2), x.size(3)));
  }
}
