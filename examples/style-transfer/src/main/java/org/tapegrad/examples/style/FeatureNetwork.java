package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Concatenation.concat;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.Pooling.maxPool2d;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;

/**
 * A frozen network that was trained to recognise things, cut into named layers: SqueezeNet 1.1
 * (Iandola et al. 2016, arXiv:1602.07360), or VGG-16 or VGG-19 (Simonyan and Zisserman 2014,
 * arXiv:1409.1556) with torchvision's names; or a small one that sees what SqueezeNet sees, by a
 * {@link Distillation}. Its responses tell brush strokes from noise.
 */
final class FeatureNetwork {
  private static final double[] SQUEEZENET_MEAN = {122.679 / 255, 116.669 / 255, 104.006 / 255};
  private static final double[] VGG_MEAN = {0.485, 0.456, 0.406};
  private static final double[] VGG_DEVIATION = {0.229, 0.224, 0.225};

  /** The channels of the layers of a network that a {@link Distillation} teaches. */
  static final int[] SMALL = {32, 64, 64, 96, 128};

  private final Path file;
  private final Map<String, NdArray> weights = new LinkedHashMap<>();
  private final Map<String, Parameter> learnt = new LinkedHashMap<>();
  private final Map<String, UnaryOperator<Tensor>> layers = new LinkedHashMap<>();
  private Roles roles;
  private NdArray scale;
  private NdArray shift;

  /**
   * What the layers are good for, by their names.
   *
   * @param style their Gram matrices make the style
   * @param content their values make the content
   * @param heldOut deeper layers that no loss sees, to measure the style with
   * @param compared pictures are compared on these, place by place
   */
  record Roles(
      List<String> style, List<String> content, List<String> heldOut, List<String> compared) {}

  /**
   * The network in a safetensors file, told by its names and shapes.
   *
   * @throws Failure if it is none of those known here
   */
  static FeatureNetwork read(Path file) {
    return new FeatureNetwork(file, ModelFile.readArrays(file).tensors());
  }

  /** The network with the {@link #weights()} of another. */
  static FeatureNetwork of(Map<String, NdArray> weights) {
    return new FeatureNetwork(Path.of("--features"), weights);
  }

  private FeatureNetwork(Path file, Map<String, NdArray> arrays) {
    this.file = file;
    ModelFile.requireFinite(arrays, file);
    arrays.forEach((name, array) -> weights.put(name, array.to(DType.FLOAT32)));
    if (weights.containsKey("fire2.squeeze1x1.weight")) {
      squeezeNet();
    } else if (weights.containsKey("small1.weight")) {
      small();
    } else {
      vgg();
    }
  }

  /** A small network whose weights are learnt. */
  FeatureNetwork(List<Parameter> weights) {
    file = null;
    for (Parameter p : weights) {
      this.weights.put(p.name(), p.value());
      learnt.put(p.name(), p);
    }
    small();
  }

  /** The names of the layers, the picture's side first. */
  List<String> layers() {
    return List.copyOf(layers.keySet());
  }

  /** All arrays, as float32, by their names in the file. */
  Map<String, NdArray> weights() {
    return weights;
  }

  Roles roles() {
    return roles;
  }

  /** A short text that is the same for the same weights. */
  String fingerprint() {
    return Integer.toHexString(weights.hashCode());
  }

  /**
   * The responses [N, C, h, w] of the wanted layers to pictures [N, 3, H, W] in [0, 1].
   *
   * @throws Failure if the pictures are too small for the deepest of them
   */
  Map<String, Tensor> features(Tensor pictures, List<String> wanted) {
    Map<String, Tensor> features = new LinkedHashMap<>();
    Tensor x = pictures.times(constant(pictures, scale)).plus(constant(pictures, shift));
    for (Map.Entry<String, UnaryOperator<Tensor>> layer : layers.entrySet()) {
      if (features.size() == wanted.size()) {
        break;
      }
      try {
        x = layer.getValue().apply(x);
      } catch (IllegalArgumentException e) { // a window that does not fit
        throw Failure.usage(
            "a picture of %dx%d is too small for layer %s of %s"
                .formatted(pictures.size(3), pictures.size(2), layer.getKey(), file));
      }
      if (wanted.contains(layer.getKey())) {
        features.put(layer.getKey(), x);
      }
    }
    return features;
  }

  private void squeezeNet() {
    input(255, SQUEEZENET_MEAN, new double[] {1, 1, 1});
    roles =
        new Roles(
            List.of("conv1", "fire2", "fire3", "fire4", "fire5"),
            List.of("fire3", "fire5"),
            List.of("fire6", "fire7", "fire8", "fire9"),
            List.of("conv1", "fire3", "fire5", "fire7", "fire9"));
    requireShape("conv1", 64, 3, 3);
    layers.put("conv1", x -> convolved(x, "conv1", 2, 0));
    int in = 64;
    int[] squeezed = {16, 16, 32, 32, 48, 48, 64, 64};
    for (int i = 0; i < squeezed.length; i++) {
      String name = "fire" + (i + 2);
      int out = 4 * squeezed[i];
      requireShape(name + ".squeeze1x1", squeezed[i], in, 1);
      requireShape(name + ".expand1x1", out, squeezed[i], 1);
      requireShape(name + ".expand3x3", out, squeezed[i], 3);
      boolean pooled = i == 0 || i == 2 || i == 4;
      layers.put(name, x -> fire(pooled ? maxPool2d(x, 3, 2, 0) : x, name));
      in = 2 * out;
    }
  }

  /** Plain convolutions on the grid of SqueezeNet's first five layers. */
  private void small() {
    input(4, SQUEEZENET_MEAN, new double[] {1, 1, 1});
    int in = 3;
    for (int i = 0; i < SMALL.length; i++) {
      String name = "small" + (i + 1);
      requireShape(name, SMALL[i], in, 3);
      boolean first = i == 0;
      boolean pooled = i == 1 || i == 3;
      layers.put(
          name,
          x -> convolved(pooled ? maxPool2d(x, 3, 2, 0) : x, name, first ? 2 : 1, first ? 0 : 1));
      in = SMALL[i];
    }
    List<String> all = layers();
    roles = new Roles(all, List.of("small3"), List.of(), all);
  }

  private Tensor fire(Tensor x, String name) {
    Tensor s = convolved(x, name + ".squeeze1x1", 1, 0);
    return concat(
        List.of(convolved(s, name + ".expand1x1", 1, 0), convolved(s, name + ".expand3x3", 1, 1)),
        1);
  }

  /** torchvision numbers convolutions, ReLUs and pools in one sequence. */
  private void vgg() {
    input(1, VGG_MEAN, VGG_DEVIATION);
    List<String> last = new ArrayList<>();
    int in = 3;
    int at = 0;
    int block = 1;
    int inBlock = 0;
    while (weights.containsKey(weight("features." + at))) {
      String conv = "features." + at;
      int[] shape = weights.get(weight(conv)).shape();
      int out = shape.length == 0 ? 0 : shape[0];
      requireShape(conv, out, in, 3);
      boolean pooled = inBlock == 0 && block > 1;
      String name = "relu%d_%d".formatted(block, ++inBlock);
      layers.put(name, x -> convolved(pooled ? maxPool2d(x, 2) : x, conv, 1, 1));
      in = out;
      at += 2;
      if (!weights.containsKey(weight("features." + at))) { // a pool, or the end
        last.add(name);
        at++;
        block++;
        inBlock = 0;
      }
    }
    if (last.size() != 5 || (layers.size() != 13 && layers.size() != 16)) {
      throw foreign("has %d convolutions in %d blocks".formatted(layers.size(), last.size()));
    }
    List<String> four = last.subList(0, 4);
    roles = new Roles(four, last.subList(2, 3), last.subList(4, 5), last);
  }

  /** Pixels as the network expects them: (x · range - mean · range) / deviation. */
  private void input(double range, double[] mean, double[] deviation) {
    float[] factor = new float[3];
    float[] offset = new float[3];
    for (int c = 0; c < 3; c++) {
      factor[c] = (float) (range / deviation[c]);
      offset[c] = (float) (-range * mean[c] / deviation[c]);
    }
    scale = NdArray.of(factor, 3, 1, 1);
    shift = NdArray.of(offset, 3, 1, 1);
  }

  private Tensor convolved(Tensor x, String name, int stride, int padding) {
    Tensor weight = lifted(x, weight(name));
    Tensor bias = lifted(x, bias(name));
    return relu(conv2d(x, weight, bias, stride, padding));
  }

  private Tensor lifted(Tensor x, String name) {
    Parameter parameter = learnt.get(name);
    return parameter == null ? constant(x, weights.get(name)) : x.tape().variable(parameter);
  }

  private static Tensor constant(Tensor like, NdArray value) {
    return like.tape().constant(value);
  }

  private static String weight(String name) {
    return name + ".weight";
  }

  private static String bias(String name) {
    return name + ".bias";
  }

  private void requireShape(String name, int out, int in, int kernel) {
    NdArray w = weights.get(weight(name));
    NdArray b = weights.get(bias(name));
    if (w == null || b == null) {
      throw foreign("lacks " + (w == null ? weight(name) : bias(name)));
    }
    if (!w.hasShape(out, in, kernel, kernel) || !b.hasShape(out)) {
      throw foreign(
          "%s is %s, not [%d, %d, %d, %d] with a bias for each"
              .formatted(name, w.describe(), out, in, kernel, kernel));
    }
  }

  private Failure foreign(String what) {
    return new Failure(
        Failure.MODEL, "%s: neither SqueezeNet 1.1 nor VGG-16 or VGG-19: %s".formatted(file, what));
  }
}
