package org.tapegrad.pytorch;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Concatenation;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;
import org.tapegrad.ops.LinearAlgebra;
import org.tapegrad.ops.Losses;
import org.tapegrad.ops.Padding;
import org.tapegrad.ops.Pool2dOptions;
import org.tapegrad.ops.Pooling;
import org.tapegrad.ops.Reduction;
import org.tapegrad.ops.Softmax;
import org.tapegrad.ops.Upsampling;

/** The op that is meant by each name in the cases computed by PyTorch. */
final class PyTorchOps {
  /** A case with its inputs on a tape and the running statistics that the op updates. */
  record Call(PyTorchCase args, Map<String, Tensor> inputs, Map<String, NdArray> state) {
    /** The input, or null where the case has none. */
    Tensor input(String name) {
      return inputs.get(name);
    }

    Tensor x() {
      return input("x");
    }
  }

  private static final Map<String, Function<Call, Tensor>> OPS = new HashMap<>();

  private PyTorchOps() {}

  /** Null if there is none. */
  static Function<Call, Tensor> named(String op) {
    return OPS.get(op);
  }

  private static void unary(String op, UnaryOperator<Tensor> f) {
    OPS.put(op, c -> f.apply(c.x()));
  }

  private static void binary(String op, BinaryOperator<Tensor> f) {
    OPS.put(op, c -> f.apply(c.input("a"), c.input("b")));
  }

  static {
    arithmetic();
    linearMaps();
    activations();
    spatial();
    pooling();
    losses();
    PyTorchNorms.bindTo(OPS);
  }

  private static void arithmetic() {
    binary("plus", Tensor::plus);
    binary("minus", Tensor::minus);
    binary("times", Tensor::times);
    binary("dividedBy", Tensor::dividedBy);
    binary("maximum", Tensor::maximum);
    binary("powTensor", Tensor::pow);
    unary("negate", Tensor::negate);
    unary("exp", Tensor::exp);
    unary("log", Tensor::log);
    unary("sqrt", Tensor::sqrt);
    unary("square", Tensor::square);
    unary("abs", Tensor::abs);
    unary("sin", Tensor::sin);
    unary("cos", Tensor::cos);
    OPS.put("pow", c -> c.x().pow(c.args.number("exponent")));
  }

  private static void linearMaps() {
    binary("matmul", Tensor::matmul);
    OPS.put(
        "linear",
        c -> {
          Tensor y = c.x().matmul(c.input("weight"), false, true);
          return c.input("bias") == null ? y : y.plus(c.input("bias"));
        });
    OPS.put("sum", c -> c.x().sum(c.args.integers("axes")));
    OPS.put("mean", c -> c.x().mean(c.args.integers("axes")));
    OPS.put("sumKeepDims", c -> c.x().sumKeepDims(c.args.integers("axes")));
    OPS.put("meanKeepDims", c -> c.x().meanKeepDims(c.args.integers("axes")));
    OPS.put("sumTo", c -> c.x().sumTo(c.args.integers("shape")));
    OPS.put("broadcastTo", c -> c.x().broadcastTo(c.args.integers("shape")));
    OPS.put("reshape", c -> c.x().reshape(c.args.integers("shape")));
    OPS.put("transpose", c -> c.x().transpose(c.args.integers("order")));
    OPS.put(
        "slice",
        c -> c.x().slice(c.args.integer("axis"), c.args.integer("start"), c.args.integer("end")));
    OPS.put(
        "pad",
        c -> c.x().pad(c.args.integer("axis"), c.args.integer("before"), c.args.integer("after")));
    OPS.put(
        "concat",
        c ->
            Concatenation.concat(
                c.args.inputs().stream().map(c::input).toList(), c.args.integer("axis")));
  }

  private static void activations() {
    unary("relu", Activations::relu);
    unary("sigmoid", Activations::sigmoid);
    unary("tanh", Activations::tanh);
    OPS.put("leakyRelu", c -> Activations.leakyRelu(c.x(), c.args.number("negative_slope")));
    OPS.put(
        "softplus",
        c -> Activations.softplus(c.x(), c.args.number("beta"), c.args.number("threshold")));
    OPS.put(
        "gelu",
        c ->
            c.args.text("approximate").equals("tanh")
                ? Activations.geluTanh(c.x())
                : Activations.gelu(c.x()));
    OPS.put("softmax", c -> Softmax.softmax(c.x(), c.args.integer("dim")));
    OPS.put("logSoftmax", c -> Softmax.logSoftmax(c.x(), c.args.integer("dim")));
  }

  private static void spatial() {
    OPS.put(
        "conv2d",
        c -> Convolutions.conv2d(c.x(), c.input("weight"), c.input("bias"), options(c.args)));
    OPS.put(
        "convTranspose2d",
        c -> {
          int[] rest = c.args.integers("output_padding");
          Conv2dOptions options = options(c.args).withOutputPadding(rest[0], rest[1]);
          return Convolutions.convTranspose2d(c.x(), c.input("weight"), c.input("bias"), options);
        });
    OPS.put("zeroPad2d", c -> pad(Padding::zeroPad2d, c));
    OPS.put("replicationPad2d", c -> pad(Padding::replicationPad2d, c));
    OPS.put("reflectionPad2d", c -> pad(Padding::reflectionPad2d, c));
    OPS.put(
        "upsampleNearest",
        c -> {
          int[] size = size(c);
          return Upsampling.upsampleNearest(c.x(), size[0], size[1]);
        });
    OPS.put(
        "upsampleBilinear",
        c -> {
          int[] size = size(c);
          return Upsampling.upsampleBilinear(c.x(), size[0], size[1], c.args.flag("align_corners"));
        });
    unary("gramMatrix", LinearAlgebra::gramMatrix);
  }

  private static Conv2dOptions options(PyTorchCase args) {
    int[] stride = args.integers("stride");
    int[] padding = args.integers("padding");
    int[] dilation = args.integers("dilation");
    return Conv2dOptions.DEFAULT
        .withStride(stride[0], stride[1])
        .withPadding(padding[0], padding[1])
        .withDilation(dilation[0], dilation[1])
        .withGroups(args.integer("groups"));
  }

  private interface Pad {
    Tensor apply(Tensor x, int left, int right, int top, int bottom);
  }

  private static Tensor pad(Pad pad, Call c) {
    int[] p = c.args.integers("padding");
    return pad.apply(c.x(), p[0], p[1], p[2], p[3]);
  }

  private static int[] size(Call c) {
    if (c.args.hasArg("size")) {
      return c.args.integers("size");
    }
    int[] scale = c.args.integers("scale_factor");
    return new int[] {c.x().size(-2) * scale[0], c.x().size(-1) * scale[1]};
  }

  private static void pooling() {
    OPS.put(
        "avgPool2d",
        c ->
            Pooling.avgPool2d(
                c.x(), windows(c.args).withCountIncludePad(c.args.flag("count_include_pad"))));
    OPS.put(
        "maxPool2d",
        c -> {
          int[] dilation = c.args.integers("dilation");
          return Pooling.maxPool2d(c.x(), windows(c.args).withDilation(dilation[0], dilation[1]));
        });
    unary("globalAvgPool2d", Pooling::globalAvgPool2d);
  }

  private static Pool2dOptions windows(PyTorchCase args) {
    int[] kernel = args.integers("kernel_size");
    int[] stride = args.integers("stride");
    int[] padding = args.integers("padding");
    return Pool2dOptions.kernelSize(kernel[0], kernel[1])
        .withStride(stride[0], stride[1])
        .withPadding(padding[0], padding[1]);
  }

  private static void losses() {
    OPS.put(
        "meanSquaredError",
        c -> Losses.meanSquaredError(c.x(), c.input("target"), reduction(c.args)));
    OPS.put("l1", c -> Losses.l1(c.x(), c.input("target"), reduction(c.args)));
    OPS.put(
        "huber",
        c -> Losses.huber(c.x(), c.input("target"), c.args.number("delta"), reduction(c.args)));
    OPS.put(
        "crossEntropy",
        c ->
            Losses.crossEntropy(
                c.x(),
                c.args.integers("target"),
                c.args.hasArg("label_smoothing") ? c.args.number("label_smoothing") : 0,
                reduction(c.args)));
    OPS.put(
        "totalVariation",
        c -> Losses.totalVariation(c.x(), c.args.integer("power"), reduction(c.args)));
  }

  private static Reduction reduction(PyTorchCase args) {
    return Reduction.valueOf(args.text("reduction").toUpperCase(Locale.ROOT));
  }
}
