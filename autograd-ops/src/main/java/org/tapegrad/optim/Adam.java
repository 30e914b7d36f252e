package org.tapegrad.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Parameter;

/**
 * Adam (Kingma, Ba 2014, arXiv:1412.6980) and AdamW (Loshchilov, Hutter 2017, arXiv:1711.05101), as
 * PyTorch defines them.
 */
public final class Adam extends Optimizer {
  private static final String SQUARE = "square";

  private final Options options;
  private final boolean decoupled;
  private final List<NdArray> means;
  private final List<NdArray> squares;

  /**
   * How Adam steps; start with {@link #DEFAULT} and change what differs.
   *
   * @param beta1 what remains of the mean of gradients, in [0, 1)
   * @param beta2 what remains of the mean of squared gradients, in [0, 1)
   * @param eps added to the root of that mean
   * @param weightDecay for Adam, times the weight is added to the gradient; for AdamW, times
   *     learning rate and weight is taken from the weight
   */
  public record Options(double beta1, double beta2, double eps, double weightDecay) {
    /** 0.9, 0.999, 1e-8, no decay. */
    public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8, 0);

    /** Checks the ranges. */
    public Options {
      fraction("beta1", beta1);
      fraction("beta2", beta2);
      atLeastZero("eps", eps);
      atLeastZero("weight decay", weightDecay);
    }

    /** With these means over time, of gradients and of their squares. */
    public Options withBetas(double first, double second) {
      return new Options(first, second, eps, weightDecay);
    }

    /** With this eps. */
    public Options withEps(double value) {
      return new Options(beta1, beta2, value, weightDecay);
    }

    /** With this weight decay. */
    public Options withWeightDecay(double decay) {
      return new Options(beta1, beta2, eps, decay);
    }
  }

  /** Adam with PyTorch's defaults. */
  public Adam(List<Parameter> parameters, double learningRate) {
    this(parameters, learningRate, Options.DEFAULT);
  }

  /** Adam with all options. */
  public Adam(List<Parameter> parameters, double learningRate, Options options) {
    this(parameters, learningRate, options, false);
  }

  private Adam(
      List<Parameter> parameters, double learningRate, Options options, boolean decoupled) {
    super(parameters, learningRate);
    this.options = Shapes.given("optimizer", "options", options);
    this.decoupled = decoupled;
    means = zerosLike(parameters);
    squares = zerosLike(parameters);
  }

  /** AdamW with PyTorch's defaults, among them a weight decay of 0.01. */
  public static Adam adamW(List<Parameter> parameters, double learningRate) {
    return adamW(parameters, learningRate, Options.DEFAULT.withWeightDecay(0.01));
  }

  /** AdamW, which decays the weights themselves. */
  public static Adam adamW(List<Parameter> parameters, double learningRate, Options options) {
    return new Adam(parameters, learningRate, options, true);
  }

  @Override
  void update(int index, NdArray w, NdArray g) {
    double decay = options.weightDecay;
    w.kernels()
        .optimize()
        .adam(
            w.writableData(),
            g.data(),
            means.get(index).writableData(),
            squares.get(index).writableData(),
            w.size(),
            learningRate(),
            options.beta1,
            options.beta2,
            options.eps,
            decoupled ? 0 : decay,
            decoupled ? 1 - learningRate() * decay : 1,
            steps());
  }

  @Override
  void requirePossible(String name, NdArray array) {
    boolean square = name.startsWith(SQUARE + ".") && array != null;
    if (square && !Arrays.stream(array.toDoubleArray()).allMatch(value -> value >= 0)) {
      throw new IllegalArgumentException(Safetensors.printable("load: " + name + " must be >= 0"));
    }
  }

  @Override
  Map<String, List<NdArray>> kept() {
    Map<String, List<NdArray>> kept = new LinkedHashMap<>();
    kept.put("mean", means);
    kept.put(SQUARE, squares);
    return kept;
  }
}
