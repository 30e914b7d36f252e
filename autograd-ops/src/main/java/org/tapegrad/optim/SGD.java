package org.tapegrad.optim;

import java.util.List;
import java.util.Map;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;
import org.tapegrad.nn.Parameter;

/** Stochastic gradient descent with momentum, as PyTorch defines it. */
public final class SGD extends Optimizer {
  private final Options options;
  private final List<NdArray> velocities;

  /**
   * How SGD steps; start with {@link #DEFAULT} and change what differs.
   *
   * @param momentum what remains of the velocity, in [0, 1)
   * @param dampening what is left out of a new gradient in the velocity
   * @param nesterov whether the step looks one velocity ahead
   * @param weightDecay times the weight is added to the gradient
   */
  public record Options(double momentum, double dampening, boolean nesterov, double weightDecay) {
    /** No momentum, no decay. */
    public static final Options DEFAULT = new Options(0, 0, false, 0);

    /** Checks the ranges. */
    public Options {
      fraction("momentum", momentum);
      atLeastZero("dampening", dampening);
      atLeastZero("weight decay", weightDecay);
      if (nesterov && (momentum == 0 || dampening != 0)) {
        throw new IllegalArgumentException(
            "optimizer: nesterov needs momentum > 0 and no dampening");
      }
    }

    /** With this momentum. */
    public Options withMomentum(double value) {
      return new Options(value, dampening, nesterov, weightDecay);
    }

    /** With this dampening. */
    public Options withDampening(double value) {
      return new Options(momentum, value, nesterov, weightDecay);
    }

    /** With or without looking ahead, after a momentum above 0 was chosen. */
    public Options withNesterov(boolean ahead) {
      return new Options(momentum, dampening, ahead, weightDecay);
    }

    /** With this weight decay. */
    public Options withWeightDecay(double decay) {
      return new Options(momentum, dampening, nesterov, decay);
    }
  }

  /** Without momentum. */
  public SGD(List<Parameter> parameters, double learningRate) {
    this(parameters, learningRate, Options.DEFAULT);
  }

  /** With the given momentum. */
  public SGD(List<Parameter> parameters, double learningRate, double momentum) {
    this(parameters, learningRate, Options.DEFAULT.withMomentum(momentum));
  }

  /** With all options. */
  public SGD(List<Parameter> parameters, double learningRate, Options options) {
    super(parameters, learningRate);
    this.options = Shapes.given("optimizer", "options", options);
    velocities = options.momentum == 0 ? null : zerosLike(parameters);
  }

  @Override
  void update(int index, NdArray w, NdArray g) {
    Object velocity = velocities == null ? null : velocities.get(index).writableData();
    w.kernels()
        .optimize()
        .sgd(
            w.writableData(),
            g.data(),
            velocity,
            w.size(),
            learningRate(),
            options.momentum,
            options.dampening,
            options.nesterov,
            options.weightDecay,
            steps() == 1);
  }

  @Override
  Map<String, List<NdArray>> kept() {
    return velocities == null ? Map.of() : Map.of("velocity", velocities);
  }
}
