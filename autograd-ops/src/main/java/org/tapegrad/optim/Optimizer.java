package org.tapegrad.optim;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.nn.Parameter;
import org.tapegrad.nn.State;

/** Updates parameters in place from their gradients. */
public abstract class Optimizer {
  private static final String STEPS = "steps";

  private final List<Parameter> parameters;
  private double learningRate;
  private int steps;

  Optimizer(List<Parameter> parameters, double learningRate) {
    this.parameters = distinct(parameters);
    setLearningRate(learningRate);
  }

  /** A copy of the parameters, each of which must be given once. */
  static List<Parameter> distinct(List<Parameter> parameters) {
    Set<Parameter> distinct = new HashSet<>();
    for (Parameter p : Shapes.given("optimizer", "a list of parameters", parameters)) {
      if (!distinct.add(Shapes.given("optimizer", "every parameter", p))) {
        throw new IllegalArgumentException("optimizer: " + p + " is given twice");
      }
    }
    return List.copyOf(parameters);
  }

  /** The parameters it updates, in the order in which gradients are given. */
  public final List<Parameter> parameters() {
    return parameters;
  }

  /** The current learning rate. */
  public final double learningRate() {
    return learningRate;
  }

  /** Sets the learning rate of the next steps, at least 0. */
  public final void setLearningRate(double rate) {
    this.learningRate = atLeastZero("learning rate", rate);
  }

  /** The number of steps made so far. */
  public final int steps() {
    return steps;
  }

  /**
   * Makes one step.
   *
   * @param gradients one per parameter, as {@code tape.gradientOf(loss, parameters)} returns them
   * @throws ShapeException if their number, shapes or element types do not fit; nothing is changed
   * @throws IllegalStateException if one is of a workspace's step that is over; nothing is changed
   */
  public final void step(List<NdArray> gradients) {
    if (Shapes.given("step", "a list of gradients", gradients).size() != parameters.size()) {
      throw new ShapeException(
          "step: " + parameters.size() + " parameters, but " + gradients.size() + " gradients");
    }
    for (int i = 0; i < parameters.size(); i++) {
      NdArray w = parameters.get(i).value();
      NdArray g = gradients.get(i);
      if (g == null) {
        throw new IllegalArgumentException(
            "step: the gradient of " + parameters.get(i) + " is needed, was null");
      }
      if (!g.hasShape(w.shape()) || g.dtype() != w.dtype()) {
        throw new ShapeException(
            "step: the gradient of " + parameters.get(i) + " must be alike, was " + g.describe());
      }
      w.data();
      g.data(); // refuses an array of a workspace's step that is over
    }
    steps++;
    for (int i = 0; i < parameters.size(); i++) {
      update(i, parameters.get(i).value(), gradients.get(i));
    }
  }

  /** Updates one parameter; {@link #steps()} counts the step that is being made. */
  abstract void update(int index, NdArray w, NdArray g);

  /** The arrays this optimiser keeps per parameter, by kind. */
  abstract Map<String, List<NdArray>> kept();

  /** Refuses an array, of the name and shape of one in {@link #kept()}, with impossible values. */
  void requirePossible(String name, NdArray array) {}

  /** Arrays of zeros like the parameters. */
  static List<NdArray> zerosLike(List<Parameter> parameters) {
    return parameters.stream()
        .map(p -> NdArray.zeros(p.value().dtype(), p.value().shape()))
        .toList();
  }

  static double atLeastZero(String what, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("optimizer: " + what + " must be >= 0, was " + value);
    }
    if (value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("optimizer: " + what + " must be finite, was " + value);
    }
    return value;
  }

  static void fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("optimizer: " + what + " must be in [0, 1), was " + value);
    }
  }

  /**
   * What it needs to go on later, by name: the number of steps, and arrays per parameter, which are
   * those in use, not copies.
   */
  public final Map<String, NdArray> state() {
    Map<String, NdArray> state = new LinkedHashMap<>();
    state.put(STEPS, NdArray.scalar(steps));
    kept()
        .forEach(
            (kind, arrays) -> {
              for (int i = 0; i < parameters.size(); i++) {
                // two networks may have parameters of the same name
                state.put(kind + "." + i + "." + parameters.get(i).name(), arrays.get(i));
              }
            });
    return state;
  }

  /**
   * Takes over what {@link #state()} returned, of an optimiser with the same options; the learning
   * rate is not part of it.
   *
   * @throws IllegalArgumentException if names or shapes do not fit, or values are impossible;
   *     nothing is changed
   */
  public final void load(Map<String, NdArray> values) {
    Map<String, NdArray> state = state();
    int made = count(values, STEPS);
    state.keySet().forEach(name -> requirePossible(name, values.get(name)));
    State.assign(state, values);
    steps = made;
  }

  /** A count of a state that is to be loaded; 0 for what {@link State#assign} refuses anyway. */
  static int count(Map<String, NdArray> values, String name) {
    NdArray count = Shapes.given("load", "a state", values).get(name);
    double made = count == null || count.size() != 1 ? 0 : count.item();
    if (made < 0 || made != (int) made) {
      throw new IllegalArgumentException(
          "load: %s must be a whole number >= 0, was %s".formatted(name, made));
    }
    return (int) made;
  }
}
