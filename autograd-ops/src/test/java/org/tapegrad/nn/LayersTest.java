package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Padding;
import org.tapegrad.ops.Pooling;
import org.tapegrad.ops.Upsampling;

/** Each layer is its op with the layer's weights, at both element types. */
class LayersTest {
  /** Those that a number of pixels belongs to. */
  private static final Set<Conv2d.PaddingMode> FILLED =
      EnumSet.complementOf(EnumSet.of(Conv2d.PaddingMode.SAME));

  private final SplittableRandom random = new SplittableRandom(7);

  private Tensor input(DType dtype, int... shape) {
    return new Tape().variable(NdArray.normal(dtype, random, 0, 1, shape));
  }

  private static Tensor weight(Module layer, String name, Tensor x) {
    return x.tape().variable(layer.namedParameters().get(name));
  }

  @ParameterizedTest
  @EnumSource
  void linear(DType dtype) {
    Tensor x = input(dtype, 4, 2, 3);
    Linear layer = new Linear(dtype, random, 3, 5);
    Tensor expected =
        x.matmul(weight(layer, "weight", x).transpose()).plus(weight(layer, "bias", x));
    assertEquals(expected.value(), layer.forward(x).value());
    Linear unbiased = new Linear(dtype, random, 3, 5, false);
    assertEquals(List.of("weight"), List.copyOf(unbiased.state().keySet()));
    assertEquals(
        x.matmul(weight(unbiased, "weight", x).transpose()).value(), unbiased.forward(x).value());
  }

  @Test
  void aConvolutionWithoutOptionsIsThePlainOne() {
    Conv2d plain = new Conv2d(DType.FLOAT32, new SplittableRandom(1), 2, 3, 3);
    Conv2d same =
        new Conv2d(DType.FLOAT32, new SplittableRandom(1), 2, 3, 3, Conv2d.Options.DEFAULT);
    assertEquals(same.state(), plain.state());
    Tensor x = input(DType.FLOAT32, 1, 2, 5, 5);
    assertEquals(same.forward(x).value(), plain.forward(x).value());
  }

  @ParameterizedTest
  @EnumSource
  void conv2d(DType dtype) {
    Tensor x = input(dtype, 2, 4, 9, 8);
    for (Conv2d.PaddingMode mode : FILLED) {
      Conv2d layer =
          new Conv2d(
              dtype,
              random,
              4,
              6,
              3,
              Conv2d.Options.DEFAULT
                  .withStride(2)
                  .withPadding(2, mode)
                  .withDilation(2)
                  .withGroups(2));
      Tensor padded =
          switch (mode) {
            case SAME -> throw new AssertionError(mode);
            case ZEROS -> Padding.zeroPad2d(x, 2);
            case REFLECT -> Padding.reflectionPad2d(x, 2);
            case REPLICATE -> Padding.replicationPad2d(x, 2);
          };
      Tensor expected =
          Convolutions.conv2d(
              padded,
              weight(layer, "weight", x),
              weight(layer, "bias", x),
              Conv2dOptions.DEFAULT.withStride(2).withDilation(2).withGroups(2));
      Tensor y = layer.forward(x);
      assertArrayEquals(new int[] {6, 2, 3, 3}, layer.weight().value().shape());
      assertTrue(
          distance(expected, y) <= 16 * dtype.epsilon(), mode + ": " + distance(expected, y));
    }
  }

  /** Four zeros a row for a kernel of 3 with dilation 2, and an odd one for a kernel of 2. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void paddingSame(int kernelSize) {
    Tensor x = input(DType.FLOAT64, 2, 4, 5, 6);
    Conv2d.Options options = Conv2d.Options.DEFAULT.withDilation(2).withPaddingSame();
    Conv2d layer = new Conv2d(DType.FLOAT64, random, 4, 3, kernelSize, options);
    Tensor y = layer.forward(x);
    assertArrayEquals(new int[] {2, 3, 5, 6}, y.shape());
    assertEquals(
        Convolutions.conv2dSame(
                x,
                weight(layer, "weight", x),
                weight(layer, "bias", x),
                Conv2dOptions.DEFAULT.withDilation(2))
            .value(),
        y.value());
    String refusal = "Conv2d: padding SAME needs stride 1 and padding 0, convolution was ";
    assertRefused(refusal + "stride 2, dilation 2", () -> options.withStride(2));
    assertRefused(
        refusal + "padding 1",
        () -> Conv2d.Options.DEFAULT.withPadding(1, Conv2d.PaddingMode.SAME));
  }

  private static double distance(Tensor a, Tensor b) {
    return a.minus(b).abs().value().max().item();
  }

  /** A border of different height and width must not be swapped. */
  @Test
  void paddingOfUnequalSides() {
    Tensor x = input(DType.FLOAT64, 1, 1, 5, 5);
    Conv2dOptions tall = Conv2dOptions.DEFAULT.withPadding(2, 0);
    for (Conv2d.PaddingMode mode : FILLED) {
      Conv2d layer =
          new Conv2d(DType.FLOAT64, random, 1, 1, 3, new Conv2d.Options(tall, mode, true));
      assertArrayEquals(new int[] {1, 1, 7, 3}, layer.forward(x).shape());
    }
  }

  @ParameterizedTest
  @EnumSource
  void convTranspose2d(DType dtype) {
    Tensor x = input(dtype, 2, 4, 3, 5);
    Conv2dOptions options =
        Conv2dOptions.DEFAULT.withStride(2).withPadding(1).withOutputPadding(1).withGroups(2);
    ConvTranspose2d layer = new ConvTranspose2d(dtype, random, 4, 6, 3, options);
    Tensor expected =
        Convolutions.convTranspose2d(
            x, weight(layer, "weight", x), weight(layer, "bias", x), options);
    assertEquals(expected.value(), layer.forward(x).value());
    assertArrayEquals(new int[] {2, 6, 6, 10}, expected.shape());
    assertEquals("ConvTranspose2d(4, 6, 3)", layer.toString());
    assertArrayEquals(new int[] {4, 3, 3, 3}, layer.weight().value().shape());
    ConvTranspose2d unbiased = new ConvTranspose2d(dtype, random, 4, 6, 3, options, false);
    assertEquals(List.of("weight"), List.copyOf(unbiased.state().keySet()));
  }

  @ParameterizedTest
  @EnumSource
  void instanceNorm2d(DType dtype) {
    Tensor x = input(dtype, 2, 3, 4, 5);
    InstanceNorm2d layer = new InstanceNorm2d(dtype, 3);
    layer.load(
        Map.of(
            "weight", NdArray.of(new double[] {1, 2, 3}, 3),
            "bias", NdArray.of(new double[] {4, 5, 6}, 3)));
    Tensor expected =
        InstanceNorm.instanceNorm2d(x, weight(layer, "weight", x), weight(layer, "bias", x), 1e-5);
    assertEquals(expected.value(), layer.forward(x).value());
    layer.eval();
    assertEquals(expected.value(), layer.forward(x).value());
  }

  @ParameterizedTest
  @EnumSource
  void residual(DType dtype) {
    Tensor x = input(dtype, 2, 3);
    Linear inside = new Linear(dtype, random, 3, 3);
    Residual layer = new Residual(inside, Lambda.relu());
    Tensor body = Activations.relu(inside.forward(x));
    assertEquals(x.plus(body).value(), layer.forward(x).value());
    assertEquals(x.plus(x).value(), new Residual().forward(x).value());
  }

  /** By hand: two samples of one channel, [0, 2] and [4, 8]; unbiased variances 2 and 8. */
  @Test
  void instanceNormTracksStatistics() {
    InstanceNorm2d layer =
        new InstanceNorm2d(DType.FLOAT64, 1, new InstanceNorm2d.Options(0, 0.25, false, true));
    assertEquals(
        List.of("running_mean", "running_var", "num_batches_tracked"),
        List.copyOf(layer.state().keySet()));
    NdArray x = NdArray.of(new double[] {0, 2, 4, 8}, 2, 1, 1, 2);
    Tensor y = layer.forward(Tape.inference().constant(x));
    assertArrayEquals(new double[] {-1, 1, -1, 1}, y.value().toDoubleArray());
    assertEquals(0.25 * 3.5, layer.state().get("running_mean").item());
    assertEquals(0.75 + 0.25 * 5, layer.state().get("running_var").item());
    assertEquals(0, layer.state().get("num_batches_tracked").item()); // as PyTorch's

    layer.eval();
    y = layer.forward(Tape.inference().constant(x));
    double scale = 1 / Math.sqrt(2);
    assertArrayEquals(
        new double[] {-0.875 * scale, 1.125 * scale, 3.125 * scale, 7.125 * scale},
        y.value().toDoubleArray(),
        1e-15);
    assertEquals(2, layer.state().get("running_var").item());
  }

  @Test
  void functionsWithoutWeights() {
    Map<Lambda, UnaryOperator<Tensor>> functions =
        Map.ofEntries(
            Map.entry(Lambda.relu(), Activations::relu),
            Map.entry(Lambda.leakyRelu(0.25), x -> Activations.leakyRelu(x, 0.25)),
            Map.entry(Lambda.sigmoid(), Activations::sigmoid),
            Map.entry(Lambda.tanh(), Activations::tanh),
            Map.entry(Lambda.gelu(), Activations::gelu),
            Map.entry(Lambda.softplus(), Activations::softplus),
            Map.entry(Lambda.upsampleNearest(2), x -> Upsampling.upsampleNearest(x, 2)),
            Map.entry(Lambda.upsampleBilinear(2), x -> Upsampling.upsampleBilinear(x, 2)),
            Map.entry(Lambda.zeroPad2d(2), x -> Padding.zeroPad2d(x, 2)),
            Map.entry(Lambda.replicationPad2d(2), x -> Padding.replicationPad2d(x, 2)),
            Map.entry(Lambda.reflectionPad2d(2), x -> Padding.reflectionPad2d(x, 2)),
            Map.entry(Lambda.maxPool2d(2), x -> Pooling.maxPool2d(x, 2)),
            Map.entry(Lambda.avgPool2d(2), x -> Pooling.avgPool2d(x, 2)),
            Map.entry(Lambda.globalAvgPool2d(), Pooling::globalAvgPool2d),
            Map.entry(Lambda.flatten(), x -> x.reshape(2, 48)));
    Tensor x = input(DType.FLOAT32, 2, 3, 4, 4);
    functions.forEach(
        (layer, op) -> {
          assertEquals(op.apply(x).value(), layer.forward(x).value(), layer.toString());
          assertTrue(layer.state().isEmpty());
        });
  }

  /** The gradients of a whole network with respect to its input and all its weights. */
  @Test
  void gradientThroughLayers() {
    Sequential net =
        new Sequential(
            new Conv2d(
                DType.FLOAT64,
                random,
                2,
                3,
                3,
                Conv2d.Options.DEFAULT.withPadding(1, Conv2d.PaddingMode.REFLECT).withBias(false)),
            new InstanceNorm2d(DType.FLOAT64, 3),
            Lambda.tanh(),
            new Residual(new Conv2d(DType.FLOAT64, random, 3, 3, 1, Conv2d.Options.DEFAULT)),
            Lambda.flatten(),
            new Linear(DType.FLOAT64, random, 3 * 16, 2));
    NdArray x = NdArray.normal(DType.FLOAT64, random, 0, 1, 2, 2, 4, 4);
    GradientCheck.of(net::forward).at(x).assertCorrect();
    GradientCheck.onTape(tape -> net.forward(tape.constant(x)))
        .withRespectTo(net.parameters())
        .assertCorrect();
  }

  @Test
  void messagesSpeakOfTheLayer() {
    Sequential net =
        new Sequential()
            .add("conv", new Conv2d(DType.FLOAT32, random, 3, 4, 3, Conv2d.Options.DEFAULT))
            .add("norm", new InstanceNorm2d(DType.FLOAT32, 5))
            .add("up", new ConvTranspose2d(DType.FLOAT32, random, 2, 1, 3, Conv2dOptions.DEFAULT))
            .add("linear", new Linear(DType.FLOAT32, random, 7, 1));
    Tensor x = input(DType.FLOAT32, 1, 4, 6, 6);
    assertMessage(
        "Conv2d conv: x must be [N, C, H, W] or [C, H, W] with C = 3, was float32[1, 1, 3, 6, 6]",
        () -> net.forward(input(DType.FLOAT32, 1, 1, 3, 6, 6)));
    assertArrayEquals(
        new int[] {4, 4, 4},
        net.children().get("conv").forward(input(DType.FLOAT32, 3, 6, 6)).shape());
    assertMessage(
        "Conv2d conv: x must be [N, C, H, W] or [C, H, W] with C = 3, was float32[1, 4, 6, 6]",
        () -> net.forward(x));
    assertMessage(
        "InstanceNorm2d norm: x must be [N, C, H, W] or [C, H, W] with C = 5, was"
            + " float32[1, 4, 6, 6]",
        () -> net.children().get("norm").forward(x));
    assertMessage(
        "ConvTranspose2d up: x must be [N, C, H, W] or [C, H, W] with C = 2, was"
            + " float32[1, 4, 6, 6]",
        () -> net.children().get("up").forward(x));
    assertMessage(
        "Linear linear: x must be [.., 7] of rank >= 2, was float32[1, 4, 6, 6]",
        () -> net.children().get("linear").forward(x));
    Residual widening =
        new Residual(new Conv2d(DType.FLOAT32, random, 4, 1, 1, Conv2d.Options.DEFAULT));
    assertMessage(
        "Residual: the body must keep the shape [1, 4, 6, 6], returned [1, 1, 6, 6]",
        () -> widening.forward(x));
  }

  private static void assertMessage(String message, Runnable call) {
    assertEquals(message, assertThrows(ShapeException.class, call::run).getMessage());
  }

  @Test
  void impossibleLayersAreRefused() {
    Conv2d.Options two = Conv2d.Options.DEFAULT.withGroups(2);
    assertRefused(
        "Conv2d: options is needed, was null",
        () -> new Conv2d(DType.FLOAT32, random, 3, 4, 3, null));
    assertRefused(
        "ConvTranspose2d: options is needed, was null",
        () -> new ConvTranspose2d(DType.FLOAT32, random, 3, 4, 3, null));
    assertRefused(
        "Conv2d: convolution is needed, was null",
        () -> new Conv2d.Options(null, Conv2d.PaddingMode.ZEROS, true));
    assertRefused(
        "Conv2d: paddingMode is needed, was null",
        () -> new Conv2d.Options(Conv2dOptions.DEFAULT.withStride(2), null, true));
    assertRefused(
        "Conv2d: x is needed, was null",
        () -> new Conv2d(DType.FLOAT32, random, 4, 4, 1, two).forward(null));
    assertRefused(
        "Linear: x is needed, was null",
        () -> new Linear(DType.FLOAT32, random, 1, 1).forward(null));
    assertRefused(
        "Conv2d: inChannels = 3 must be divisible by groups = 2",
        () -> new Conv2d(DType.FLOAT32, random, 3, 4, 3, two));
    assertRefused(
        "Conv2d: outChannels = 3 must be divisible by groups = 2",
        () -> new Conv2d(DType.FLOAT32, random, 4, 3, 3, two));
    assertRefused(
        "Conv2d: kernelSize must be >= 1, was 0",
        () -> new Conv2d(DType.FLOAT32, random, 4, 4, 0, two));
    assertRefused(
        "ConvTranspose2d: outChannels must be >= 1, was 0",
        () -> new ConvTranspose2d(DType.FLOAT32, random, 4, 0, 3, Conv2dOptions.DEFAULT));
    assertRefused(
        "ConvTranspose2d: inChannels = 3 must be divisible by groups = 2",
        () -> new ConvTranspose2d(DType.FLOAT32, random, 3, 4, 3, two.convolution()));
    assertRefused(
        "ConvTranspose2d: kernelSize must be >= 1, was -1",
        () -> new ConvTranspose2d(DType.FLOAT32, random, 4, 4, -1, two.convolution()));
    assertRefused(
        "Linear: outFeatures must be >= 1, was -2", () -> new Linear(DType.FLOAT32, random, 1, -2));
    assertRefused(
        "Linear: inFeatures must be >= 1, was 0", () -> new Linear(DType.FLOAT32, random, 0, 1));
    assertRefused(
        "InstanceNorm2d: numFeatures must be >= 1, was -1",
        () -> new InstanceNorm2d(DType.FLOAT32, -1));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
