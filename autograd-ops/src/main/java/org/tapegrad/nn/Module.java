package org.tapegrad.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/**
 * A part of a network: parameters, buffers (arrays that are kept but not learnt), and the modules
 * it is made of, each under a name. Names nest with dots, as PyTorch's do.
 */
public abstract class Module {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, NdArray> buffers = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private String name = "";
  private boolean training = true;

  /** A module without a part yet; parameters and modules are registered by the subclass. */
  protected Module() {}

  /** Computes the output on the tape of x, lifting parameters with {@code x.tape().variable(p)}. */
  public abstract Tensor forward(Tensor x);

  /** Registers a parameter of this module. */
  protected final Parameter parameter(String localName, NdArray initial) {
    requireNew(localName);
    Parameter parameter = new Parameter(qualified(localName), initial);
    parameters.put(localName, parameter);
    return parameter;
  }

  /** Registers an array that belongs to the state but is not learnt. */
  protected final NdArray buffer(String localName, NdArray initial) {
    requireNew(localName);
    buffers.put(localName, Shapes.given("module", localName, initial));
    return initial;
  }

  /** Registers a module that this one is made of. */
  protected final <M extends Module> M child(String localName, M module) {
    requireNew(localName);
    Shapes.given("module", localName, module);
    if (((Module) module).contains(this)) {
      throw new IllegalArgumentException("module: " + localName + " would contain itself");
    }
    children.put(localName, module);
    ((Module) module).rename(qualified(localName));
    return module;
  }

  private boolean contains(Module other) {
    return this == other || children.values().stream().anyMatch(m -> m.contains(other));
  }

  private void requireNew(String localName) {
    if (localName == null || localName.isEmpty() || localName.contains(".")) {
      throw new IllegalArgumentException(
          "module: a name must not be empty nor contain a dot, was '" + localName + "'");
    }
    if (parameters.containsKey(localName)
        || buffers.containsKey(localName)
        || children.containsKey(localName)) {
      throw new IllegalArgumentException("module: the name " + localName + " is taken");
    }
  }

  private void rename(String newName) {
    name = newName;
    parameters.forEach((local, p) -> p.rename(qualified(local)));
    children.forEach((local, m) -> m.rename(qualified(local)));
  }

  private String qualified(String localName) {
    return name.isEmpty() ? localName : name + "." + localName;
  }

  /** The name within the outermost module, empty for that one. */
  public final String name() {
    return name;
  }

  /**
   * Groups what is recorded until it is closed under this module's name, {@code residual1/conv2}.
   * Layers open one, and {@link Sequential} one for each module; without a name there is none.
   */
  protected final Tape.Scope scope(Tensor x) {
    requireGiven("x", x);
    return name.isEmpty() ? () -> {} : x.tape().scope(name.replace('.', '/'));
  }

  /** The kind of layer and its name, for messages: {@code InstanceNorm2d residual1.norm2}. */
  protected final String label() {
    return name.isEmpty() ? getClass().getSimpleName() : getClass().getSimpleName() + " " + name;
  }

  /**
   * All parameters, this module's own first, then those of the modules it is made of; once each,
   * also where a module is used in several places.
   */
  public final List<Parameter> parameters() {
    return namedParameters().values().stream().distinct().toList();
  }

  /** All parameters by their names within this module. */
  public final Map<String, Parameter> namedParameters() {
    Map<String, Parameter> named = new LinkedHashMap<>(parameters);
    children.forEach(
        (local, m) -> m.namedParameters().forEach((inner, p) -> named.put(local + "." + inner, p)));
    return named;
  }

  /** The modules this one is made of, by name. */
  public final Map<String, Module> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * All parameters and buffers by their names within this module, as PyTorch's {@code state_dict};
   * the arrays are those in use, not copies. {@code new Safetensors(net.state(), Map.of())} makes a
   * file of it.
   */
  public final Map<String, NdArray> state() {
    Map<String, NdArray> state = new LinkedHashMap<>();
    parameters.forEach((local, p) -> state.put(local, p.value()));
    state.putAll(buffers);
    children.forEach(
        (local, m) -> m.state().forEach((inner, a) -> state.put(local + "." + inner, a)));
    return state;
  }

  /**
   * Overwrites all parameters and buffers, converted to their element types; names and shapes must
   * be exactly those of {@link #state()}, else nothing is changed.
   *
   * @throws IllegalArgumentException if names are missing or unknown, all of which it names
   * @throws ShapeException if shapes differ, all of which it names
   */
  public final void load(Map<String, NdArray> values) {
    State.assign(state(), values);
  }

  /** Whether layers that differ behave as in training, which is the default. */
  public final boolean isTraining() {
    return training;
  }

  /** Switches this module and all it is made of to training. */
  public final void train() {
    setTraining(true);
  }

  /** Switches this module and all it is made of to evaluation. */
  public final void eval() {
    setTraining(false);
  }

  private void setTraining(boolean value) {
    training = value;
    children.values().forEach(m -> m.setTraining(value));
  }

  /**
   * Checks that x is one image or a batch of them, of as many channels as the layer was made for.
   */
  final void requireImages(Tensor x, int channels) {
    requireGiven("x", x);
    if (x.rank() < 3 || x.rank() > 4 || x.size(-3) != channels) {
      throw new ShapeException(
          "%s: x must be [N, C, H, W] or [C, H, W] with C = %d, was %s"
              .formatted(label(), channels, x.value().describe()));
    }
  }

  /** Checks that an argument is not absent. */
  final void requireGiven(String what, Object argument) {
    if (argument == null) {
      Shapes.given(label(), what, null);
    }
  }

  /** Checks a number of channels, features or pixels. */
  final void requirePositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": " + what + " must be >= 1, was " + value);
    }
  }

  /** Checks that the channels can be dealt out to the groups. */
  final void requireDivisible(String what, int channels, int groups) {
    requirePositive(what, channels);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %s = %d must be divisible by groups = %d"
              .formatted(getClass().getSimpleName(), what, channels, groups));
    }
  }

  /** The kind of module and, indented, those it is made of. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(describe());
    if (!children.isEmpty()) {
      text.append(" (");
      children.forEach(
          (local, m) ->
              text.append("\n  ")
                  .append(local)
                  .append(": ")
                  .append(m.toString().replace("\n", "\n  ")));
      text.append("\n)");
    }
    return text.toString();
  }

  /** This module in one line, without those it is made of. */
  protected String describe() {
    return getClass().getSimpleName();
  }
}
