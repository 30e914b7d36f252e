package org.tapegrad.examples.style;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Conv2d;
import org.tapegrad.nn.InstanceNorm2d;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Residual;
import org.tapegrad.nn.Sequential;

/**
 * The network of PyTorch's example fast_neural_style ({@code transformer_net.py}), with the names
 * of its state dictionary: 32, 64 and 128 channels, five residual blocks, nearest neighbours on the
 * way up.
 */
final class FastNeuralStyle extends Sequential {
  private static final String FIRST = "conv1.conv2d.weight";

  /** What old versions of PyTorch stored beside instance norms and never used. */
  private static final Pattern UNUSED =
      Pattern.compile(".*\\.(running_mean|running_var|num_batches.*)");

  private static final int[] CHANNELS = {3, 32, 64, 128};
  static final int BLOCKS = 5;

  private final SplittableRandom random = new SplittableRandom(0);

  FastNeuralStyle() {
    for (int i = 1; i <= 3; i++) {
      convolved(CHANNELS[i - 1], CHANNELS[i], i == 1 ? 9 : 3, i == 1 ? 1 : 2, "conv" + i, "in" + i);
    }
    for (int i = 1; i <= BLOCKS; i++) {
      add("res" + i, residual(CHANNELS[3]));
    }
    for (int i = 1; i <= 2; i++) {
      add("upsample" + i, Lambda.upsampleNearest(2));
      convolved(CHANNELS[4 - i], CHANNELS[3 - i], 3, 1, "deconv" + i, "in" + (3 + i));
    }
    add("deconv3", convolution(CHANNELS[1], CHANNELS[0], 9, 1));
  }

  private void convolved(int in, int out, int kernel, int stride, String name, String norm) {
    add(name, convolution(in, out, kernel, stride));
    add(norm, new InstanceNorm2d(DType.FLOAT32, out));
    add(name + "relu", Lambda.relu());
  }

  private Residual residual(int channels) {
    return new Residual()
        .add("conv1", convolution(channels, channels, 3, 1))
        .add("in1", new InstanceNorm2d(DType.FLOAT32, channels))
        .add("relu", Lambda.relu())
        .add("conv2", convolution(channels, channels, 3, 1))
        .add("in2", new InstanceNorm2d(DType.FLOAT32, channels));
  }

  private Module convolution(int in, int out, int kernel, int stride) {
    Conv2d.Options options = TransformerNetwork.mirrored(kernel, stride);
    return new Sequential()
        .add("conv2d", new Conv2d(DType.FLOAT32, random, in, out, kernel, options));
  }

  /** Whether these are the weights of such a network, by their names. */
  static boolean isOne(Map<String, NdArray> state) {
    return state.containsKey(FIRST);
  }

  /** The weights of a state dictionary without what is of no use. */
  static Map<String, NdArray> used(Map<String, NdArray> state) {
    Map<String, NdArray> used = new LinkedHashMap<>(state);
    used.keySet().removeIf(name -> UNUSED.matcher(name).matches());
    return used;
  }

  /** Pictures of x's shape [N, 3, H, W] and range, about 0 to 1; inside it counts to 255. */
  @Override
  public Tensor forward(Tensor x) {
    return super.forward(x.times(255)).dividedBy(255);
  }
}
