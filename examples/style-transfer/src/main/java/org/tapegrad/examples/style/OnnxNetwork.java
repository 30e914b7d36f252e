package org.tapegrad.examples.style;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Module;
import org.tapegrad.ops.Pyramid;

/**
 * What {@link Repainter} makes of a picture, in ONNX's operators for other programs. The
 * photograph's sides may be of any length from {@link Repainter#SMALLEST}; it is mirrored to whole
 * cells of the network, and cropped again.
 */
final class OnnxNetwork {
  /** The name of the input, float32[1, 3, height, width] in [0, 1]. */
  static final String INPUT = "photograph";

  /** The name of the result, like the input. */
  static final String RESULT = "painted";

  private static final float EPS = 1e-5f;

  private final OnnxGraph graph = new OnnxGraph();
  private final Map<String, NdArray> weights;
  private final NdArray mixture;
  private final int largest;

  /**
   * The graph of a network in the mixture that was chosen last.
   *
   * @param largest the longest side of pictures that see the same noise as here; in larger ones it
   *     begins again
   */
  OnnxNetwork(Module network, int largest) {
    weights = network.state();
    this.largest = largest + Math.floorMod(-largest, TransformerNetwork.CELL);
    String size = sizeOf(INPUT);
    String cells = graph.constant(TransformerNetwork.CELL);
    String missing = graph.add("Mod", graph.add("Neg", size), cells);
    String padding = concat(0, graph.constant(0, 0, 0, 0, 0, 0), missing);
    String x = graph.add("Pad", Map.of("mode", "reflect"), INPUT, padding);
    String painted;
    if (network instanceof TransformerNetwork known) {
      mixture = NdArray.of(known.mixture(), 1, known.styles().size()).to(DType.FLOAT32);
      painted = transformer(x);
    } else {
      mixture = null;
      painted = fastNeuralStyle(x);
    }
    graph.add(RESULT, "Slice", Map.of(), painted, graph.constant(0, 0), size, graph.constant(2, 3));
  }

  /** Writes the model with what is to be known of it. */
  void write(OutputStream out, Map<String, String> card) throws IOException {
    String doc =
        "Repaints a photograph: float32[1, 3, height, width], red, green and blue from 0 to 1;"
            + " sides from %d".formatted(Repainter.SMALLEST);
    graph.write(out, INPUT, RESULT, doc, card);
  }

  /** {@link TransformerNetwork#forward}. */
  private String transformer(String x) {
    String photograph = graph.add("Sub", x, scalar("half", 0.5));
    String fine = block(concat(1, photograph, noise(x)), "whole", 1);
    String middle = block(fine, "half", 2);
    String coarse = block(middle, "quarter", 2);
    for (int i = 1; i <= TransformerNetwork.BLOCKS; i++) {
      coarse = residual(coarse, "quarter.residual" + i);
    }
    String painted = climb("toWhole", climb("toHalf", coarse, middle), fine);
    return graph.add("Sigmoid", convolution(concat(1, painted, photograph), "output", 1));
  }

  private String climb(String up, String coarse, String seen) {
    String convolved = block(twice(coarse, "linear", "half_pixel"), up + ".block", 1);
    return residual(graph.add("Add", convolved, seen), up + ".residual");
  }

  private String residual(String x, String name) {
    String inner = block(x, name + ".block", 1);
    String outer = norm(convolution(inner, name + ".conv", 1), name + ".norm");
    return graph.add("Add", x, outer);
  }

  private String block(String x, String name, int stride) {
    return normalized(x, name + ".conv", name + ".norm", stride);
  }

  /** {@link FastNeuralStyle#forward}, cut off where it leaves [0, 1]. */
  private String fastNeuralStyle(String x) {
    String levels = scalar("levels", 255);
    String y = graph.add("Mul", x, levels);
    for (int i = 1; i <= 3; i++) {
      y = normalized(y, "conv" + i + ".conv2d", "in" + i, i == 1 ? 1 : 2);
    }
    for (int i = 1; i <= FastNeuralStyle.BLOCKS; i++) {
      String name = "res" + i;
      String inner = normalized(y, name + ".conv1.conv2d", name + ".in1", 1);
      String outer = norm(convolution(inner, name + ".conv2.conv2d", 1), name + ".in2");
      y = graph.add("Add", y, outer);
    }
    for (int i = 1; i <= 2; i++) {
      String larger = twice(y, "nearest", "asymmetric");
      y = normalized(larger, "deconv" + i + ".conv2d", "in" + (3 + i), 1);
    }
    String painted = graph.add("Div", convolution(y, "deconv3.conv2d", 1), levels);
    return graph.add("Clip", painted, scalar("black", 0), scalar("white", 1));
  }

  private String normalized(String x, String convolution, String norm, int stride) {
    return graph.add("Relu", norm(convolution(x, convolution, stride), norm));
  }

  /** Mirrored at the border, as all are. */
  private String convolution(String x, String name, int stride) {
    NdArray weight = weights.get(name + ".weight");
    NdArray bias = weights.get(name + ".bias");
    int reach = weight.size(2) / 2;
    String border = graph.constant(0, 0, reach, reach, 0, 0, reach, reach);
    return graph.add(
        "Conv",
        Map.of("strides", new long[] {stride, stride}),
        graph.add("Pad", Map.of("mode", "reflect"), x, border),
        graph.constant(name + ".weight", weight),
        bias == null ? "" : graph.constant(name + ".bias", bias));
  }

  private String norm(String x, String name) {
    return graph.add(
        "InstanceNormalization",
        Map.of("epsilon", EPS),
        x,
        graph.constant(name + ".weight", mixed(weights.get(name + ".weight"))),
        graph.constant(name + ".bias", mixed(weights.get(name + ".bias"))));
  }

  /** One number a channel, of such or of [styles, C]. */
  private NdArray mixed(NdArray a) {
    return a.rank() == 1 ? a : mixture.matmul(a).reshape(a.size(1));
  }

  private String twice(String x, String mode, String places) {
    Map<String, Object> how =
        Map.of("mode", mode, "coordinate_transformation_mode", places, "nearest_mode", "floor");
    String scales = graph.constant("scales of " + x, NdArray.of(1, 1, 2, 2).to(DType.FLOAT32));
    return graph.add("Resize", how, x, "", scales);
  }

  /**
   * {@link Noise} of the picture's size. Its white noise is a row of random numbers that is folded
   * at the width, so a long enough part of that row serves every size; it is repeated for larger
   * pictures.
   */
  private String noise(String x) {
    int margin = 2 * Noise.REACH;
    int side = largest + margin;
    NdArray row = Noise.white(new SplittableRandom(0), 1, side, side).reshape(side * side);
    String size = graph.add("Add", sizeOf(x), graph.constant(margin, margin));
    String count = graph.add("ReduceProd", size); // [1]
    String atLeast = graph.add("Add", count, graph.constant(row.size() - 1));
    String times = graph.add("Div", atLeast, graph.constant(row.size()));
    String rows = graph.add("Tile", graph.constant("noise", row), times);
    String white = graph.add("Slice", rows, graph.constant(0), count);
    String folded = graph.add("Reshape", white, concat(0, graph.constant(1, 1), size));
    String kernel = graph.constant("blur", blur());
    return graph.add("Conv", graph.add("Conv", folded, kernel), kernel);
  }

  /** What {@link Pyramid#blur} makes of a single pixel, as a kernel [1, 1, 5, 5]. */
  private static NdArray blur() {
    double[] dot = new double[9 * 9];
    dot[dot.length / 2] = 1;
    NdArray pixel = NdArray.of(dot, 1, 1, 9, 9).to(DType.FLOAT32);
    return Pyramid.blur(Tape.inference().constant(pixel)).slice(2, 2, 7).slice(3, 2, 7).value();
  }

  private String sizeOf(String picture) {
    return graph.add("Shape", Map.of("start", 2L, "end", 4L), picture);
  }

  private String concat(long axis, String... parts) {
    return graph.add("Concat", Map.of("axis", axis), parts);
  }

  private String scalar(String name, double value) {
    return graph.constant(name, NdArray.scalar(value).to(DType.FLOAT32));
  }
}
