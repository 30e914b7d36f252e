package org.tapegrad.optim;

import static org.tapegrad.array.Shapes.given;
import static org.tapegrad.optim.Optimizer.atLeastZero;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.nn.State;
import org.tapegrad.optim.StrongWolfe.Point;

/**
 * Limited-memory BFGS (Nocedal, Wright 2006, algorithm 7.5), as PyTorch defines it: for a loss that
 * is the same function in every evaluation, of which it makes several in a step. Its vectors are
 * float64 also where the parameters are float32.
 *
 * <p>PyTorch's limits are absolute numbers that suit losses of about 1. A loss of 1e-6 ends by them
 * where it began; {@link Options#withLossScale} says what the limits are to be measured by.
 */
public final class LBFGS {
  /** Products y·s below it, in units of the loss, tell nothing of the curvature. */
  private static final double FLAT = 1e-10;

  private static final String ITERATIONS = "iterations";
  private static final String EVALUATIONS = "evaluations";
  private static final String LOSS = "loss";
  private static final String STEP = "step";
  private static final String SCALE = "scale";
  private static final String DIRECTION = "direction";
  private static final String GRADIENT = "gradient";

  /** Entries of a state beside the history. */
  private static final int FIXED = 7;

  private final List<Parameter> parameters;
  private final Options options;
  private final Workspace workspace = new Workspace();
  private final CurvatureHistory history;
  private int iterations;
  private int evaluations;
  private double loss = Double.NaN;
  private double lastStep;
  private double[] lastDirection;
  private double[] lastGradient;

  /**
   * How it steps; start with {@link #DEFAULT} and change what differs.
   *
   * @param learningRate the step that is tried first, in units of that of Newton's method
   * @param maxIter the directions that one call of step follows
   * @param maxEval the evaluations after which a call of step begins no further direction
   * @param toleranceGrad a step ends where no element of the gradient is above it
   * @param toleranceChange a step ends where the loss or all parameters change by less
   * @param historySize the directions that are remembered, each at two float64 per element
   * @param strongWolfe whether to search along each direction (PyTorch: strong_wolfe), or to go as
   *     far as the learning rate says
   * @param lossScale the size of losses, by which toleranceGrad, toleranceChange for losses and the
   *     least curvature are multiplied
   */
  public record Options(
      double learningRate,
      int maxIter,
      int maxEval,
      double toleranceGrad,
      double toleranceChange,
      int historySize,
      boolean strongWolfe,
      double lossScale) {
    /** PyTorch's numbers (1, 20, 25, 1e-7, 1e-9, 100), and a search along each direction. */
    public static final Options DEFAULT = new Options(1, 20, 25, 1e-7, 1e-9, 100, true, 1);

    /** Checks the ranges. */
    public Options {
      atLeastZero("learning rate", learningRate);
      atLeastOne("maxIter", maxIter);
      atLeastOne("maxEval", maxEval);
      atLeastZero("toleranceGrad", toleranceGrad);
      atLeastZero("toleranceChange", toleranceChange);
      atLeastOne("historySize", historySize);
      if (atLeastZero("loss scale", lossScale) == 0) {
        throw new IllegalArgumentException("optimizer: loss scale must be > 0, was 0.0");
      }
    }

    private static void atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException("optimizer: " + what + " must be >= 1, was " + value);
      }
    }

    /** With this length of the step that is tried first. */
    public Options withLearningRate(double rate) {
      return new Options(
          rate,
          maxIter,
          maxEval,
          toleranceGrad,
          toleranceChange,
          historySize,
          strongWolfe,
          lossScale);
    }

    /** With so many directions in a step, and a quarter more evaluations, as PyTorch has it. */
    public Options withMaxIter(int most) {
      int evaluations = (int) Math.min(Integer.MAX_VALUE, most * 5L / 4);
      return new Options(
          learningRate,
          most,
          Math.max(1, evaluations),
          toleranceGrad,
          toleranceChange,
          historySize,
          strongWolfe,
          lossScale);
    }

    /** With so many evaluations in a step. */
    public Options withMaxEval(int most) {
      return new Options(
          learningRate,
          maxIter,
          most,
          toleranceGrad,
          toleranceChange,
          historySize,
          strongWolfe,
          lossScale);
    }

    /** With these tolerances of the gradient, and of changes of loss and parameters. */
    public Options withTolerances(double grad, double change) {
      return new Options(
          learningRate, maxIter, maxEval, grad, change, historySize, strongWolfe, lossScale);
    }

    /** With so many remembered directions. */
    public Options withHistorySize(int size) {
      return new Options(
          learningRate,
          maxIter,
          maxEval,
          toleranceGrad,
          toleranceChange,
          size,
          strongWolfe,
          lossScale);
    }

    /** With or without a search along each direction. */
    public Options withStrongWolfe(boolean search) {
      return new Options(
          learningRate,
          maxIter,
          maxEval,
          toleranceGrad,
          toleranceChange,
          historySize,
          search,
          lossScale);
    }

    /** With limits for losses of this size, above 0. */
    public Options withLossScale(double scale) {
      return new Options(
          learningRate,
          maxIter,
          maxEval,
          toleranceGrad,
          toleranceChange,
          historySize,
          strongWolfe,
          scale);
    }
  }

  /** With the default options. */
  public LBFGS(List<Parameter> parameters) {
    this(parameters, Options.DEFAULT);
  }

  /** With all options. */
  public LBFGS(List<Parameter> parameters, Options options) {
    this.parameters = Optimizer.distinct(parameters);
    this.options = given("optimizer", "options", options);
    history = new CurvatureHistory(options.historySize);
  }

  /** The directions followed so far. */
  public int iterations() {
    return iterations;
  }

  /** The evaluations of the loss so far. */
  public int evaluations() {
    return evaluations;
  }

  /** The loss where the parameters stand after the last step; NaN before the first. */
  public double loss() {
    return loss;
  }

  /**
   * Follows directions until one of the options says that it is enough. Where the closure throws,
   * the parameters stand where the last direction that was followed to its end led.
   *
   * @param closure records the loss, a scalar, on the tape that it is given; arrays of that tape
   *     are reused for the next evaluation
   * @return the loss before the step
   * @throws IllegalStateException if the loss or its gradient is NaN or infinite
   */
  public double step(Function<Tape, Tensor> closure) {
    given("step", "closure", closure);
    double[] x = Flat.of(parameters.stream().map(Parameter::value).toList());
    try {
      return step(x, closure);
    } finally {
      Flat.assign(x, parameters);
    }
  }

  private double step(double[] x, Function<Tape, Tensor> closure) {
    int before = evaluations;
    Point now = evaluate(x, 0, null, closure);
    double first = now.loss();
    loss = first;
    double tolerance = options.toleranceChange * options.lossScale;
    for (int i = 0; i < options.maxIter && !isFlat(now); i++) {
      double[] direction = direction(now.gradient());
      iterations++;
      lastDirection = direction;
      lastGradient = now.gradient();
      lastStep = options.learningRate;
      if (iterations == 1) {
        lastStep *= Math.min(1, 1 / Flat.sumOfMagnitudes(now.gradient()));
      }
      double slope = Flat.dot(now.gradient(), direction);
      if (slope > -tolerance) {
        break;
      }
      Point start = new Point(0, now.loss(), slope, now.gradient());
      boolean last = i + 1 == options.maxIter;
      now = follow(x, direction, start, last, closure);
      Flat.add(x, now.step(), direction);
      lastStep = now.step();
      loss = now.loss();
      if (evaluations - before >= options.maxEval
          || Flat.largest(direction) * lastStep <= options.toleranceChange
          || Math.abs(loss - start.loss()) < tolerance) {
        break;
      }
    }
    return first;
  }

  private boolean isFlat(Point point) {
    return Flat.largest(point.gradient()) <= options.toleranceGrad * options.lossScale;
  }

  /** Minus the gradient at first, later in the metric of what the last steps have shown. */
  private double[] direction(double[] gradient) {
    if (iterations == 0) {
      return Flat.times(gradient, -1);
    }
    double[] change = Flat.minus(gradient, lastGradient);
    double[] step = Flat.times(lastDirection, lastStep);
    if (Flat.dot(change, step) > FLAT * options.lossScale) {
      history.add(step, change);
    }
    return history.direction(gradient);
  }

  /** The point where a direction is left; without a search, the last one is not evaluated. */
  private Point follow(
      double[] x, double[] direction, Point start, boolean last, Function<Tape, Tensor> closure) {
    StrongWolfe.Line line = step -> evaluate(x, step, direction, closure);
    if (options.strongWolfe) {
      return new StrongWolfe(line, start, Flat.largest(direction)).search(lastStep);
    }
    return last
        ? new Point(lastStep, start.loss(), Double.NaN, start.gradient())
        : line.at(lastStep);
  }

  /** The loss at x + step · direction. */
  private Point evaluate(
      double[] x, double step, double[] direction, Function<Tape, Tensor> closure) {
    double[] at = x.clone();
    if (direction != null) {
      Flat.add(at, step, direction);
    }
    Flat.assign(at, parameters);
    evaluations++;
    try (Workspace.Step memory = workspace.step()) {
      Tape tape = memory.tape();
      Tensor value = given("step", "the loss of the closure", closure.apply(tape));
      double number = value.item();
      double[] gradient = Flat.of(tape.gradientOf(value, parameters));
      double slope = direction == null ? 0 : Flat.dot(gradient, direction);
      if (!Double.isFinite(number) || !Double.isFinite(Flat.sumOfMagnitudes(gradient))) {
        throw new IllegalStateException(
            "step: the loss is %s or its gradient not finite in evaluation %d, first in %s"
                .formatted(number, evaluations, tape.firstNonFinite().orElse("the gradient")));
      }
      return new Point(step, number, slope, gradient);
    }
  }

  /** What it needs to go on later, by name, as copies; the options are not part of it. */
  public Map<String, NdArray> state() {
    Map<String, NdArray> state = new LinkedHashMap<>();
    state.put(ITERATIONS, NdArray.scalar(iterations));
    state.put(EVALUATIONS, NdArray.scalar(evaluations));
    if (iterations > 0) {
      state.put(LOSS, NdArray.scalar(loss));
      state.put(STEP, NdArray.scalar(lastStep));
      state.put(SCALE, NdArray.scalar(history.scale()));
      state.put(DIRECTION, vector(lastDirection));
      state.put(GRADIENT, vector(lastGradient));
    }
    for (CurvatureHistory.Pair pair : history.pairs()) {
      String name = "history." + (state.size() - FIXED) / 2;
      state.put(name + ".step", vector(pair.step()));
      state.put(name + ".change", vector(pair.change()));
    }
    return state;
  }

  private static NdArray vector(double[] values) {
    return NdArray.of(values.clone(), values.length);
  }

  /**
   * Takes over what {@link #state()} returned, of an optimiser of as many elements.
   *
   * @throws IllegalArgumentException if names or shapes do not fit, or values are impossible;
   *     nothing is changed
   */
  public void load(Map<String, NdArray> values) {
    int made = Optimizer.count(values, ITERATIONS);
    int evaluated = Optimizer.count(values, EVALUATIONS);
    Map<String, NdArray> state = new LinkedHashMap<>();
    state.put(ITERATIONS, NdArray.scalar(0));
    state.put(EVALUATIONS, NdArray.scalar(0));
    int pairs = Math.max(0, values.size() - FIXED) / 2;
    if (made > 0) {
      List.of(LOSS, STEP, SCALE).forEach(name -> state.put(name, NdArray.scalar(0)));
      List.of(DIRECTION, GRADIENT).forEach(name -> state.put(name, zeros()));
      for (int i = 0; i < Math.min(pairs, options.historySize); i++) {
        state.put("history." + i + ".step", zeros());
        state.put("history." + i + ".change", zeros());
      }
    }
    State.assign(state, values);
    state.forEach(LBFGS::requireFinite);
    List<CurvatureHistory.Pair> remembered = pairs(state);
    iterations = made;
    evaluations = evaluated;
    if (made > 0) {
      loss = state.get(LOSS).item();
      lastStep = state.get(STEP).item();
      lastDirection = state.get(DIRECTION).toDoubleArray();
      lastGradient = state.get(GRADIENT).toDoubleArray();
      history.restore(remembered, state.get(SCALE).item());
    }
  }

  private static List<CurvatureHistory.Pair> pairs(Map<String, NdArray> state) {
    List<CurvatureHistory.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < (state.size() - FIXED) / 2; i++) {
      double[] step = state.get("history." + i + ".step").toDoubleArray();
      double[] change = state.get("history." + i + ".change").toDoubleArray();
      if (!(Flat.dot(change, step) > 0)) {
        throw new IllegalArgumentException("load: history." + i + " must have a positive product");
      }
      pairs.add(new CurvatureHistory.Pair(step, change));
    }
    return pairs;
  }

  private static void requireFinite(String name, NdArray array) {
    if (!array.isFinite()) {
      throw new IllegalArgumentException("load: " + name + " must be finite");
    }
  }

  private NdArray zeros() {
    int n = parameters.stream().mapToInt(p -> p.value().size()).sum();
    return NdArray.zeros(DType.FLOAT64, n);
  }
}
