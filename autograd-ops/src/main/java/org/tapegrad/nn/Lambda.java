package org.tapegrad.nn;

import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Activations;

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

  /** [N, a, b, …] to [N, a·b·…]. */
  public static Lambda flatten() {
    return new Lambda("Flatten", x -> x.reshape(x.size(0), -1));
  }

  @Override
  public Tensor forward(Tensor x) {
    return function.apply(x);
  }

  @Override
  protected String describe() {
    return description;
  }
}
