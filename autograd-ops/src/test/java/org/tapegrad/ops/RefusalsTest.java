package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.HeightWidth.square;
import static org.tapegrad.ops.InstanceNorm.DEFAULT_EPS;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.ShapeException;
import org.tapegrad.nn.ConditionalInstanceNorm2d;
import org.tapegrad.nn.GroupNorm;
import org.tapegrad.optable.OpCase;
import org.tapegrad.optable.OpTable;
import org.tapegrad.optim.Adam;

/** What every operation says of arguments that do not fit; see also {@link SpatialErrorsTest}. */
class RefusalsTest extends Refusals {
  private static final Map<String, UnaryOperator<Tensor>> OF_IMAGES =
      Map.of(
          "avgPool2d", x -> Pooling.avgPool2d(x, 2),
          "globalAvgPool2d", Pooling::globalAvgPool2d,
          "maxPool2d", x -> Pooling.maxPool2d(x, 2),
          "blur", Pyramid::blur,
          "downsample", Pyramid::downsample,
          "upsampleNearest", x -> Upsampling.upsampleNearest(x, 4, 4),
          "upsampleBilinear", x -> Upsampling.upsampleBilinear(x, 2),
          "gramMatrix", LinearAlgebra::gramMatrix,
          "reflectionPad2d", x -> Padding.reflectionPad2d(x, 1));

  private static final Map<String, UnaryOperator<Tensor>> MORE_OF_IMAGES =
      Map.of(
          "adaptiveAvgPool2d", x -> Pooling.adaptiveAvgPool2d(x, 2, 2),
          "upsampleBicubic", x -> Upsampling.upsampleBicubic(x, 1.5, true),
          "constantPad2d", x -> Padding.constantPad2d(x, 1, 5),
          "circularPad2d", x -> Padding.circularPad2d(x, 1));

  /** Rows of the table that do something to the first input before they call the operation. */
  private static final Set<String> FIRST_USED_BY_ROW =
      Set.of("Losses.totalVariation", "Norms.batchNorm evaluation");

  /** Inputs that may be left out, by operation and position. */
  private static final Set<String> OPTIONAL =
      new TreeSet<>(
          Set.of(
              "Norms.batchNorm 1",
              "Norms.batchNorm 2",
              "Convolutions.conv2d 2",
              "Convolutions.conv2dSame 2",
              "Convolutions.convTranspose2d 2",
              "Norms.groupNorm 1",
              "Norms.groupNorm 2",
              "InstanceNorm.instanceNorm1d 1",
              "InstanceNorm.instanceNorm1d 2",
              "InstanceNorm.instanceNorm2d 1",
              "InstanceNorm.instanceNorm2d 2",
              "InstanceNorm.instanceNorm3d 1",
              "InstanceNorm.instanceNorm3d 2",
              "Norms.layerNorm 1",
              "Norms.layerNorm 2",
              "Norms.rmsNorm 1"));

  @Test
  void whatIsNoImage() {
    Map<String, UnaryOperator<Tensor>> all = new TreeMap<>(OF_IMAGES);
    all.putAll(MORE_OF_IMAGES);
    all.forEach(
        (op, f) -> {
          refused(op + ": x is needed, was null", () -> f.apply(null));
          misshapen(
              op + ": x must be [N, C, H, W] or [C, H, W], was float64[5, 6]",
              () -> f.apply(zeros(5, 6)));
          misshapen(
              op + ": x has no pixels, was float64[2, 3, 0, 6]", () -> f.apply(zeros(2, 3, 0, 6)));
        });
  }

  /** Every form of every operation, called with nothing at all, names itself and an argument. */
  @Test
  void nothingIsGiven() throws URISyntaxException, IllegalAccessException {
    List<Method> operations =
        OpTableTest.operations()
            .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == Tensor.class)
            .toList();
    assertTrue(operations.size() > 50, operations.size() + " operations");
    for (Method m : operations) {
      Object[] nothing = new Object[m.getParameterCount()];
      for (int i = 0; i < nothing.length; i++) {
        // falling numbers: a kernel size larger than its padding
        nothing[i] = number(m.getParameterTypes()[i], nothing.length - i);
      }
      Throwable e = assertThrows(InvocationTargetException.class, () -> m.invoke(null, nothing));
      assertAbsent(m.getName(), e.getCause(), m.toString());
    }
  }

  private static Object number(Class<?> type, int value) {
    return type == int.class
        ? (Object) value
        : type == double.class ? (Object) (double) value : type == boolean.class ? true : null;
  }

  private static void assertAbsent(String op, Throwable refusal, String call) {
    assertEquals(IllegalArgumentException.class, refusal.getClass(), call);
    assertTrue(
        refusal.getMessage().matches(op + ": [a-z0-9\\[\\]]+ is needed, was null"), refusal + call);
  }

  /** Every row of the table with one input left out: refused, or a norm's or a bias's to leave. */
  @Test
  void oneTensorIsNotGiven() {
    Set<String> optional = new TreeSet<>();
    for (OpCase row : OpTable.rows()) {
      for (int i = 0; i < row.inputs().size(); i++) {
        if (row.op().startsWith("Tensor.") || (i == 0 && FIRST_USED_BY_ROW.contains(row + ""))) {
          continue;
        }
        List<Tensor> inputs = new ArrayList<>();
        row.draw(DType.FLOAT64, 1).forEach(a -> inputs.add(tape.variable(a)));
        inputs.set(i, null);
        try {
          row.call().apply(inputs);
          optional.add(row.op() + " " + i);
        } catch (RuntimeException e) {
          assertAbsent(row.op().substring(row.op().indexOf('.') + 1), e, row + " " + i);
        }
      }
    }
    assertEquals(OPTIONAL, optional);
  }

  @Test
  void otherArgumentsAreNotGiven() {
    Tensor x = zeros(1, 1, 4, 4);
    refused("conv2d: options is needed, was null", () -> Convolutions.conv2d(x, x, null, null));
    refused(
        "convTranspose2d: options is needed, was null",
        () -> Convolutions.convTranspose2d(x, x, null, null));
    refused("maxPool2d: options is needed, was null", () -> Pooling.maxPool2d(x, null));
    refused("avgPool2d: options is needed, was null", () -> Pooling.avgPool2d(x, null));
    refused("l1: reduction is needed, was null", () -> Losses.l1(x, x, null));
    refused("huber: reduction is needed, was null", () -> Losses.huber(x, x, 1, null));
    refused(
        "meanSquaredError: reduction is needed, was null",
        () -> Losses.meanSquaredError(x, x, null));
    refused(
        "totalVariation: reduction is needed, was null", () -> Losses.totalVariation(x, 1, null));
    refused(
        "crossEntropy: classes is needed, was null", () -> Losses.crossEntropy(x, (int[]) null));
    refused(
        "crossEntropy: reduction is needed, was null",
        () -> Losses.crossEntropy(x, new int[] {0}, 0, null));
    refused("pooling: stride is needed, was null", () -> pooling(null));
    refused(
        "convolution: dilation is needed, was null",
        () ->
            new Conv2dOptions(square(1), square(0), square(0), null, 1, ConvolutionAlgorithm.AUTO));
  }

  private static Pool2dOptions pooling(HeightWidth stride) {
    return new Pool2dOptions(square(1), stride, square(0), square(1), false, true, 0);
  }

  @Test
  void losses() {
    Tensor x = zeros(2, 3);
    String unlike = ": x float64[2, 3] and target float64[3] must have one shape";
    misshapen("meanSquaredError" + unlike, () -> Losses.meanSquaredError(x, zeros(3)));
    misshapen("l1" + unlike, () -> Losses.l1(x, zeros(3)));
    misshapen("huber" + unlike, () -> Losses.huber(x, zeros(3), 1));
    refused("huber: delta must be > 0, was 0.0", () -> Losses.huber(x, x, 0));
  }

  @Test
  void softmaxes() {
    Tensor x = zeros(2, 3);
    for (int axis : new int[] {-3, 2}) {
      String outside = ": axis " + axis + " is out of range for rank 2";
      misshapen("softmax" + outside, () -> Softmax.softmax(x, axis));
      misshapen("logSoftmax" + outside, () -> Softmax.logSoftmax(x, axis));
    }
    assertEquals(Softmax.softmax(x, 0).value(), Softmax.softmax(x, -2).value());
  }

  @Test
  void norms() {
    Tensor x = zeros(2, 4, 3, 3);
    refused(
        "batchNorm: x is needed, was null",
        () -> Norms.batchNorm(null, null, null, DEFAULT_EPS, null, true));
    RunningStatistics three = RunningStatistics.initial(DType.FLOAT64, 3, 0.1);
    assertThrows(
        IllegalArgumentException.class,
        () -> Norms.batchNorm(x, null, null, DEFAULT_EPS, three, true));
    RunningStatistics running = RunningStatistics.initial(DType.FLOAT64, 4, 0.1);
    refused(
        "batchNorm: eps must be >= 0, was -1.0",
        () -> Norms.batchNorm(x, null, null, -1, running, false));
    for (boolean gamma : new boolean[] {true, false}) {
      misshapen(
          "batchNorm: "
              + (gamma ? "gamma" : "beta")
              + " must have shape [C] = [4] or [N, C] = [2, 4], was [3]",
          () ->
              Norms.batchNorm(
                  x,
                  gamma ? zeros(3) : null,
                  gamma ? null : zeros(3),
                  DEFAULT_EPS,
                  running,
                  false));
    }
    refused(
        "groupNorm: x is needed, was null",
        () -> Norms.groupNorm(null, 2, null, null, DEFAULT_EPS));
    refused(
        "layerNorm: x is needed, was null",
        () -> Norms.layerNorm(null, new int[] {3}, null, null, DEFAULT_EPS));
    refused(
        "layerNorm: eps must be >= 0, was -1.0",
        () -> Norms.layerNorm(x, new int[] {3}, null, null, -1));
    int[] last = {3};
    assertThrows(ShapeException.class, () -> Norms.layerNorm(x, last, zeros(4), null, DEFAULT_EPS));
    assertThrows(ShapeException.class, () -> Norms.layerNorm(x, last, null, zeros(4), DEFAULT_EPS));
  }

  @Test
  void stylesMustBeGiven() {
    Tensor x = zeros(2, 4, 3, 3);
    String adaptive = "adaptiveInstanceNorm: ";
    refused(
        adaptive + "content is needed, was null",
        () -> StyleNorm.adaptiveInstanceNorm(null, x, DEFAULT_EPS));
    refused(
        adaptive + "style is needed, was null",
        () -> StyleNorm.adaptiveInstanceNorm(x, null, DEFAULT_EPS));
    String[] names = {"x", "gammas", "betas", "weights"};
    for (int missing = 0; missing < 4; missing++) {
      Tensor[] given = {x, zeros(5, 4), zeros(5, 4), zeros(2, 5)};
      given[missing] = null;
      refused(
          "conditionalInstanceNorm: " + names[missing] + " is needed, was null",
          () ->
              StyleNorm.conditionalInstanceNorm(
                  given[0], given[1], given[2], given[3], DEFAULT_EPS));
    }
  }

  @Test
  void squareMatrices() {
    misshapen(
        "inverse: a must be [n, n], was float64[2, 3]", () -> LinearAlgebra.inverse(zeros(2, 3)));
    misshapen(
        "solve: a must be [n, n], was float64[2, 3]",
        () -> LinearAlgebra.solve(zeros(2, 3), zeros(2, 1)));
  }

  @Test
  void transposedConvolutions() {
    misshapen(
        "convTranspose2d: the channels of x must be a multiple of groups = 2, were 3",
        () ->
            Convolutions.convTranspose2d(
                zeros(1, 3, 4, 4), zeros(3, 4, 3, 3), null, Conv2dOptions.DEFAULT.withGroups(2)));
    misshapen(
        "conv2d: output_padding is for convTranspose2d only",
        () ->
            Convolutions.conv2d(
                zeros(1, 3, 4, 4),
                zeros(4, 3, 3, 3),
                null,
                Conv2dOptions.DEFAULT.withStride(2).withOutputPadding(1)));
  }

  @Test
  void layersAndOptimisers() {
    refused(
        "ConditionalInstanceNorm2d: numStyles must be >= 1, was 0",
        () -> new ConditionalInstanceNorm2d(DType.FLOAT32, 0, 3));
    refused(
        "ConditionalInstanceNorm2d: numFeatures must be >= 1, was 0",
        () -> new ConditionalInstanceNorm2d(DType.FLOAT32, 3, 0));
    ConditionalInstanceNorm2d layer = new ConditionalInstanceNorm2d(DType.FLOAT32, 3, 2);
    for (int style : new int[] {-1, 3}) {
      String message = "ConditionalInstanceNorm2d: style must be in [0, 3), was " + style;
      refused(message, () -> layer.interpolate(style, 0, 0.5));
      refused(message, () -> layer.interpolate(0, style, 0.5));
    }
    refused(
        "GroupNorm: numChannels must be >= 1, was 0",
        () -> new GroupNorm(DType.FLOAT32, 1, 0, GroupNorm.Options.DEFAULT));
    refused(
        "optimizer: weight decay must be >= 0, was -1.0",
        () -> Adam.Options.DEFAULT.withWeightDecay(-1));
    refused("optimizer: eps must be >= 0, was -1.0", () -> Adam.Options.DEFAULT.withEps(-1));
    refused(
        "norm: eps must be finite, was Infinity",
        () -> GroupNorm.Options.DEFAULT.withEps(Double.POSITIVE_INFINITY));
  }
}
