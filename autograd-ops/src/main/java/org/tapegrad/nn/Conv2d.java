package org.tapegrad.nn;

import java.util.random.RandomGenerator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.Shapes;
import org.tapegrad.ops.Conv2dOptions;
import org.tapegrad.ops.Convolutions;
import org.tapegrad.ops.Padding;

/** {@link Convolutions#conv2d} with learnt weight[out, in/groups, k, k] and bias[out]. */
public final class Conv2d extends Module {
  private final int inChannels;
  private final Options options;
  private final Parameter weight;
  private final Parameter bias;

  /** How the border is filled; by PyTorch's names. */
  public enum PaddingMode {
    /** With zeros. */
    ZEROS,
    /** With the mirror image about the outermost pixels. */
    REFLECT,
    /** With the outermost pixels. */
    REPLICATE,
    /** With as many zeros as keep the size of the image: PyTorch's padding "same". */
    SAME
  }

  /**
   * What differs from a plain convolution; start with {@link #DEFAULT}.
   *
   * @param convolution stride, padding on all sides, dilation, groups
   * @param paddingMode how the padding is filled
   * @param bias whether it has a bias
   */
  public record Options(Conv2dOptions convolution, PaddingMode paddingMode, boolean bias) {
    /** Stride 1, no padding, with bias. */
    public static final Options DEFAULT =
        new Options(Conv2dOptions.DEFAULT, PaddingMode.ZEROS, true);

    /**
     * Checks that nothing is absent.
     *
     * @throws IllegalArgumentException if the convolution or the padding mode is null, or SAME has
     *     a stride or a padding
     */
    public Options {
      Shapes.given("Conv2d", "convolution", convolution);
      boolean same = Shapes.given("Conv2d", "paddingMode", paddingMode) == PaddingMode.SAME;
      if (same && !convolution.equals(convolution.withStride(1).withPadding(0))) {
        throw new IllegalArgumentException(
            "Conv2d: padding SAME needs stride 1 and padding 0, convolution was " + convolution);
      }
    }

    /** With this stride. */
    public Options withStride(int stride) {
      return new Options(convolution.withStride(stride), paddingMode, bias);
    }

    /** With this padding, filled in this way. */
    public Options withPadding(int padding, PaddingMode mode) {
      return new Options(convolution.withPadding(padding), mode, bias);
    }

    /** With as many zeros around as keep the size of the image. */
    public Options withPaddingSame() {
      return new Options(convolution.withPadding(0), PaddingMode.SAME, bias);
    }

    /** With this dilation. */
    public Options withDilation(int dilation) {
      return new Options(convolution.withDilation(dilation), paddingMode, bias);
    }

    /** With this many groups of channels. */
    public Options withGroups(int groups) {
      return new Options(convolution.withGroups(groups), paddingMode, bias);
    }

    /** With a bias or, as in front of a norm, which would take it away, without. */
    public Options withBias(boolean with) {
      return new Options(convolution, paddingMode, with);
    }
  }

  /**
   * A layer with square kernels and PyTorch's initial values.
   *
   * @throws IllegalArgumentException if a number is below 1 or groups do not divide the channels
   */
  public Conv2d(
      DType dtype,
      RandomGenerator random,
      int inChannels,
      int outChannels,
      int kernelSize,
      Options options) {
    requireGiven("options", options);
    int groups = options.convolution.groups();
    requireDivisible("inChannels", inChannels, groups);
    requireDivisible("outChannels", outChannels, groups);
    requirePositive("kernelSize", kernelSize);
    this.inChannels = inChannels;
    this.options = options;
    int[] shape = {outChannels, inChannels / groups, kernelSize, kernelSize};
    double fanIn = Init.fanIn(shape);
    weight = parameter("weight", Init.layerDefault(dtype, random, fanIn, shape));
    bias =
        options.bias
            ? parameter("bias", Init.layerDefault(dtype, random, fanIn, outChannels))
            : null;
  }

  /** {@link Options#DEFAULT}: stride 1, no padding, with bias. */
  public Conv2d(
      DType dtype, RandomGenerator random, int inChannels, int outChannels, int kernelSize) {
    this(dtype, random, inChannels, outChannels, kernelSize, Options.DEFAULT);
  }

  /** The weight, to be initialised differently. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor x) {
    requireImages(x, inChannels);
    try (Tape.Scope scope = scope(x)) {
      return convolve(x);
    }
  }

  private Tensor convolve(Tensor x) {
    Conv2dOptions c = options.convolution;
    Tensor w = x.tape().variable(weight);
    Tensor b = bias == null ? null : x.tape().variable(bias);
    int rows = c.padding().height();
    int columns = c.padding().width();
    return switch (options.paddingMode) {
      case ZEROS -> Convolutions.conv2d(x, w, b, c);
      case SAME -> Convolutions.conv2dSame(x, w, b, c);
      case REFLECT ->
          Convolutions.conv2d(
              Padding.reflectionPad2d(x, columns, columns, rows, rows), w, b, c.withPadding(0));
      case REPLICATE ->
          Convolutions.conv2d(
              Padding.replicationPad2d(x, columns, columns, rows, rows), w, b, c.withPadding(0));
    };
  }

  @Override
  protected String describe() {
    return "Conv2d(%d, %d, %d)"
        .formatted(inChannels, weight.value().size(0), weight.value().size(2));
  }
}
