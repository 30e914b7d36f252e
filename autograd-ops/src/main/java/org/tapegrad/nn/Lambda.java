package org.tapegrad.nn;

import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Padding;
import org.tapegrad.ops.Pooling;
import org.tapegrad.ops.Upsampling;

/** A function without parameters as a module: activations, padding, upsampling, reshaping. */
public final class Lambda extends Module {
  private final String description;
  private final UnaryOperator<Tensor> function;

  /**
   * A module that applies the function.
   *
   * @param description how it is printed
   */
  public Lambda(String description, UnaryOperator<Tensor> function) {
    requireGiven("description", description);
    requireGiven("function", function);
    this.description = description;
    this.function = function;
  }

  /** {@link Activations#relu}. */
  public static Lambda relu() {
    return new Lambda("ReLU", Activations::relu);
  }

  /** {@link Activations#leakyRelu(Tensor, double)}. */
  public static Lambda leakyRelu(double negativeSlope) {
    return new Lambda(
        "LeakyReLU(" + negativeSlope + ")", x -> Activations.leakyRelu(x, negativeSlope));
  }

  /** {@link Activations#sigmoid}. */
  public static Lambda sigmoid() {
    return new Lambda("Sigmoid", Activations::sigmoid);
  }

  /** {@link Activations#tanh}. */
  public static Lambda tanh() {
    return new Lambda("Tanh", Activations::tanh);
  }

  /** {@link Activations#gelu}. */
  public static Lambda gelu() {
    return new Lambda("GELU", Activations::gelu);
  }

  /** {@link Activations#softplus(Tensor)}. */
  public static Lambda softplus() {
    return new Lambda("Softplus", Activations::softplus);
  }

  /** [N, a, b, …] to [N, a·b·…]. */
  public static Lambda flatten() {
    return new Lambda("Flatten", x -> x.reshape(x.size(0), -1));
  }

  /** {@link Upsampling#upsampleNearest(Tensor, double)}. */
  public static Lambda upsampleNearest(int scaleFactor) {
    return new Lambda(
        "UpsamplingNearest2d(" + scaleFactor + ")",
        x -> Upsampling.upsampleNearest(x, scaleFactor));
  }

  /** {@link Upsampling#upsampleBilinear(Tensor, double)}. */
  public static Lambda upsampleBilinear(int scaleFactor) {
    return new Lambda(
        "Upsample(" + scaleFactor + ", bilinear)",
        x -> Upsampling.upsampleBilinear(x, scaleFactor));
  }

  /** {@link Padding#zeroPad2d(Tensor, int)}. */
  public static Lambda zeroPad2d(int padding) {
    return new Lambda("ZeroPad2d(" + padding + ")", x -> Padding.zeroPad2d(x, padding));
  }

  /** {@link Padding#replicationPad2d(Tensor, int)}. */
  public static Lambda replicationPad2d(int padding) {
    return new Lambda(
        "ReplicationPad2d(" + padding + ")", x -> Padding.replicationPad2d(x, padding));
  }

  /** {@link Padding#reflectionPad2d(Tensor, int)}. */
  public static Lambda reflectionPad2d(int padding) {
    return new Lambda("ReflectionPad2d(" + padding + ")", x -> Padding.reflectionPad2d(x, padding));
  }

  /** {@link Pooling#maxPool2d(Tensor, int)}. */
  public static Lambda maxPool2d(int kernelSize) {
    return new Lambda("MaxPool2d(" + kernelSize + ")", x -> Pooling.maxPool2d(x, kernelSize));
  }

  /** {@link Pooling#avgPool2d(Tensor, int)}. */
  public static Lambda avgPool2d(int kernelSize) {
    return new Lambda("AvgPool2d(" + kernelSize + ")", x -> Pooling.avgPool2d(x, kernelSize));
  }

  /** {@link Pooling#globalAvgPool2d}. */
  public static Lambda globalAvgPool2d() {
    return new Lambda("AdaptiveAvgPool2d(1)", Pooling::globalAvgPool2d);
  }

  @Override
  public Tensor forward(Tensor x) {
    requireGiven("x", x);
    try (Tape.Scope scope = scope(x)) {
      Tensor y = function.apply(x);
      requireGiven("a tensor from the function", y);
      return y;
    }
  }

  @Override
  protected String describe() {
    return description;
  }
}
