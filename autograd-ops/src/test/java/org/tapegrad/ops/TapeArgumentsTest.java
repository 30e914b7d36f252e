package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** A printed tape says what operations were called with besides tensors. */
class TapeArgumentsTest {
  private static final Conv2dOptions CONVOLUTION = Conv2dOptions.DEFAULT;
  private static final Pool2dOptions POOLING = Pool2dOptions.kernelSize(3);

  /** Made of other operations, which a tape shows one by one. */
  private static final Set<String> COMPOSED =
      Set.of(
          "meanSquaredError",
          "l1",
          "totalVariation",
          "prod",
          "conv2dSame",
          "adaptiveInstanceNorm",
          "conditionalInstanceNorm");

  /**
   * A call on x[1, 4, 4, 4], and what stands behind the equals sign in the last line of its tape.
   */
  private record Row(String printed, UnaryOperator<Tensor> call) {
    @Override
    public String toString() {
      return printed;
    }
  }

  private static Row row(String printed, UnaryOperator<Tensor> call) {
    return new Row(printed, call);
  }

  static List<Row> rows() {
    return List.of(
        row("leakyRelu(v0, 0.01)", Activations::leakyRelu),
        row("leakyRelu(v0, 0.2)", x -> Activations.leakyRelu(x, 0.2)),
        row("softplus(v0, beta 1, threshold 20)", Activations::softplus),
        row("elu(v0, 0.5)", x -> Activations.elu(x, 0.5)),
        row("clamp(v0, min 0, max 0.5)", x -> Selection.clamp(x, 0, 0.5)),
        row(
            "where(v0, v0, float64[4])",
            x -> Selection.where(NdArray.zeros(DType.FLOAT64, 4), x, x)),
        row("amax(v0)", x -> Reductions.amax(x)),
        row("amin(v0, axes [2, -1])", x -> Reductions.amin(x, 2, -1)),
        row("logSumExp(v0, axis 1, keepDims)", x -> Reductions.logSumExp(x, new int[] {1}, true)),
        row("cumsum(v0, axis -1)", x -> Reductions.cumsum(x, -1)),
        row("var(v0)", x -> Variance.var(x)),
        row("std(v0, correction 0, axis 1)", x -> Variance.std(x, new int[] {1}, 0, false)),
        row("norm(v0, p 2, axis 1)", x -> VectorNorm.norm(x, 2, 1)),
        row("norm(v1, p Infinity)", x -> VectorNorm.norm(x, Double.POSITIVE_INFINITY)),
        row("softmax(v0, axis 1)", x -> Softmax.softmax(x, 1)),
        row("logSoftmax(v0, axis -1)", x -> Softmax.logSoftmax(x, -1)),
        row("concat(v0, v0, axis 2)", x -> Concatenation.concat(List.of(x, x), 2)),
        row(
            "instanceNorm1d(v1, eps 0.5)",
            x -> InstanceNorm.instanceNorm1d(x.reshape(1, 4, 16), null, null, 0.5)),
        row("instanceNorm2d(v0, eps 1e-5)", x -> InstanceNorm.instanceNorm2d(x, null, null)),
        row(
            "instanceNorm3d(v0, eps 1.05e-6)",
            x -> InstanceNorm.instanceNorm3d(x, null, null, 1.05e-6)),
        row("batchNorm(v0, eps 0)", x -> Norms.batchNorm(x, null, null, 0)),
        row("groupNorm(v0, 2 groups, eps 3)", x -> Norms.groupNorm(x, 2, null, null, 3)),
        row(
            "layerNorm(v0, float64[4, 4], last 2 axes, eps 1e-5)",
            x -> Norms.layerNorm(x, new int[] {4, 4}, ones(x, 4, 4), null, 1e-5)),
        row("rmsNorm(v0, last axis, eps 0.001)", x -> Norms.rmsNorm(x, new int[] {4}, null, 0.001)),
        row("relu(v0)", Activations::relu),
        row("gramMatrix(v0)", LinearAlgebra::gramMatrix),
        row(
            "zeroPad2d(v0, left 1, right 2, top -1, bottom 0)",
            x -> Padding.zeroPad2d(x, 1, 2, -1, 0)),
        row(
            "replicationPad2d(v0, left 1, right 1, top 1, bottom 1)",
            x -> Padding.replicationPad2d(x, 1)),
        row(
            "reflectionPad2d(v0, left 1, right 1, top 2, bottom 2)",
            x -> Padding.reflectionPad2d(x, 1, 1, 2, 2)),
        row("upsampleNearest(v0, [8, 8])", x -> Upsampling.upsampleNearest(x, 2)),
        row("upsampleBilinear(v0, [2, 5])", x -> Upsampling.upsampleBilinear(x, 2, 5)),
        row(
            "upsampleBilinear(v0, [8, 8], alignCorners true)",
            x -> Upsampling.upsampleBilinear(x, 2, true)),
        row(
            "upsampleNearest(v0, [6, 6], scaleFactor 1.7)",
            x -> Upsampling.upsampleNearest(x, 1.7)),
        row(
            "upsampleBicubic(v0, [2, 5], alignCorners true)",
            x -> Upsampling.upsampleBicubic(x, 2, 5, true)),
        row("adaptiveAvgPool2d(v0, [3, 2])", x -> Pooling.adaptiveAvgPool2d(x, 3, 2)),
        row(
            "circularPad2d(v0, left 1, right 1, top 1, bottom 1)",
            x -> Padding.circularPad2d(x, 1)),
        row(
            "constantPad2d(v0, left 1, right 0, top -1, bottom 2, value 0.5)",
            x -> Padding.constantPad2d(x, 1, 0, -1, 2, 0.5)),
        row(
            "avgPool2d(v0, kernelSize 3, divisorOverride 4)",
            x -> Pooling.avgPool2d(x, POOLING.withDivisorOverride(4))),
        row("blur(v0)", Pyramid::blur),
        row("maxPool2d(v0, kernelSize 2)", x -> Pooling.maxPool2d(x, 2)),
        row(
            "maxPool2d(v0, kernelSize [1, 2], stride 2, dilation [1, 2], ceilMode true)",
            x ->
                Pooling.maxPool2d(
                    x,
                    Pool2dOptions.kernelSize(1, 2)
                        .withStride(2)
                        .withDilation(1, 2)
                        .withCeilMode(true))),
        row(
            "avgPool2d(v0, kernelSize 3, stride [1, 2], padding 1, countIncludePad false)",
            x ->
                Pooling.avgPool2d(
                    x, POOLING.withStride(1, 2).withPadding(1).withCountIncludePad(false))),
        row("conv2d(v0, float64[4, 4, 1, 1])", x -> conv(x, CONVOLUTION)),
        row(
            "conv2d(v0, float64[4, 4, 1, 1], stride 2, padding 1)",
            x -> conv(x, CONVOLUTION.withStride(2).withPadding(1))),
        row(
            "conv2d(v0, float64[4, 2, 1, 1], stride [2, 1], dilation 3, groups 2)",
            x -> conv(x, CONVOLUTION.withStride(2, 1).withDilation(3).withGroups(2))),
        row(
            "convTranspose2d(v0, float64[4, 4, 1, 1], stride 2, outputPadding [1, 0])",
            x ->
                Convolutions.convTranspose2d(
                    x, weight(x, 1), null, CONVOLUTION.withStride(2).withOutputPadding(1, 0))));
  }

  private static Tensor ones(Tensor x, int... shape) {
    return x.tape().constant(NdArray.ones(DType.FLOAT64, shape));
  }

  private static Tensor weight(Tensor x, int groups) {
    return ones(x, 4, 4 / groups, 1, 1);
  }

  private static Tensor conv(Tensor x, Conv2dOptions options) {
    return Convolutions.conv2d(x, weight(x, options.groups()), null, options);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void printed(Row row) {
    Tape tape = new Tape();
    row.call.apply(tape.variable(NdArray.ones(DType.FLOAT64, 1, 4, 4, 4)));
    assertEquals(row.printed, line(tape, tape.size() - 1));
  }

  private static String line(Tape tape, int index) {
    String line = tape.toString().lines().skip(index).findFirst().orElseThrow();
    return line.substring(line.indexOf("= ") + 2, line.lastIndexOf(" : "));
  }

  /** Every operation that takes more than tensors has a row or a test below. */
  @Test
  void everyOperationWithArgumentsIsHere() throws URISyntaxException {
    Set<String> ops = new TreeSet<>();
    OpTableTest.operations()
        .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == Tensor.class)
        .filter(m -> Arrays.stream(m.getParameterTypes()).anyMatch(t -> t != Tensor.class))
        .map(Method::getName)
        .filter(op -> !COMPOSED.contains(op))
        .forEach(ops::add);
    rows().forEach(row -> ops.remove(row.printed.substring(0, row.printed.indexOf('('))));
    assertEquals(Set.of("huber", "smoothL1", "crossEntropy"), ops);
  }

  @Test
  void losses() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.ones(DType.FLOAT64, 2, 3));
    Losses.huber(x, x.detach(), 0.5, Reduction.NONE);
    assertEquals("huber(v1, delta 0.5)", line(tape, tape.size() - 1));
    Losses.smoothL1(x, x.detach(), 0.5, Reduction.NONE);
    assertEquals("smoothL1(v3, beta 0.5)", line(tape, tape.size() - 1));
    Losses.crossEntropy(x, new int[] {2, 0}, 0, Reduction.NONE);
    assertEquals("crossEntropy(v0, classes [2, 0])", line(tape, tape.size() - 1));
    Tensor nine = tape.variable(NdArray.ones(DType.FLOAT64, 9, 3));
    Losses.crossEntropy(nine, new int[9], 0.1, Reduction.NONE);
    assertEquals(
        "crossEntropy(v6, classes of 9 rows, labelSmoothing 0.1)", line(tape, tape.size() - 1));
  }

  /** The gradient of an operation is another one, which says so. */
  @Test
  void gradients() {
    assertEquals(
        "conv2dInputGradient(v2, float64[4, 4, 1, 1], stride 2, padding 1)",
        gradientOf(x -> conv(x, CONVOLUTION.withStride(2).withPadding(1))));
    assertEquals(
        "reflectionPad2dGradient(v2, left 1, right 1, top 1, bottom 1)",
        gradientOf(x -> Padding.reflectionPad2d(x, 1)));
    assertEquals("maxPool2dGradient(v2, kernelSize 2)", gradientOf(x -> Pooling.maxPool2d(x, 2)));
  }

  /** With the call as v1 and the gradient with respect to its output as v2. */
  private static String gradientOf(UnaryOperator<Tensor> call) {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.ones(DType.FLOAT64, 1, 4, 4, 4));
    Tensor y = call.apply(x);
    Tensor g = tape.variable(NdArray.ones(DType.FLOAT64, y.shape()));
    tape.differentiableVjp(List.of(y), List.of(g), List.of(x));
    return line(tape, tape.size() - 1);
  }

  @Test
  void linearSystems() {
    Tape tape = new Tape();
    Tensor a = tape.variable(NdArray.of(new double[] {2}, 1, 1));
    Tensor x = LinearAlgebra.solve(a, a);
    tape.differentiableGradient(x, a);
    assertEquals("solve(v0, v0)", line(tape, 1));
    assertEquals("solve(v0, float64[1, 1], transposed)", line(tape, 2));
  }
}
