package org.tapegrad;

import static java.util.Collections.singletonList;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.kernel.Allocator;

/**
 * A list of what was computed, in order. Every tensor belongs to a tape; an operation on tensors
 * appends one node; and because recording order is a topological order, the gradient is one loop
 * from the end of the list to its start.
 *
 * <p>A tape serves one computation: make a new one for the next step. Any thread may use it, but
 * one at a time: a {@link ConcurrentModificationException} tells of two.
 */
public final class Tape {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Variable, Tensor> lifted = new IdentityHashMap<>();

  /** Each refuses if its array, put on the tape, has changed before the gradient is taken. */
  private final List<Runnable> watches = new ArrayList<>();

  private final Exclusive use = new Exclusive();
  private final Places places;
  private final boolean inference;
  private final Allocator allocator;
  private boolean recording;

  /** A new, empty tape. */
  public Tape() {
    this(false, false, Allocator.HEAP);
  }

  Tape(boolean inference, boolean locating, Allocator allocator) {
    this.places = new Places(locating);
    this.inference = inference;
    this.allocator = allocator;
    this.recording = !inference;
  }

  /** A tape that does not record: values are computed, nothing is kept, gradients are refused. */
  public static Tape inference() {
    return new Tape(true, false, Allocator.HEAP);
  }

  /** A tape that also remembers which line of the program recorded each node, for explanations. */
  public static Tape locating() {
    return new Tape(false, true, Allocator.HEAP);
  }

  /**
   * Groups what is recorded until it is closed, for explanations; scopes nest: {@code block1/conv}.
   *
   * <p>A path adds to the open scope only what that lacks: {@code block1/conv} within {@code
   * block1} is {@code block1/conv}.
   */
  public Scope scope(String name) {
    return use.during(() -> places.open(name, nodes::size));
  }

  /** An open scope, for a try statement. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** A differentiable leaf. Calling this twice with one array makes two independent variables. */
  public Tensor variable(NdArray value) {
    return use.during(() -> leaf("variable", value));
  }

  /** The leaf of a variable that outlives this tape; the same tensor at every call. */
  public Tensor variable(Variable variable) {
    Shapes.given("variable", variable);
    return use.during(() -> lifted.computeIfAbsent(variable, v -> leaf(v.name(), v.value())));
  }

  /** A tensor with respect to which nothing is differentiated. */
  public Tensor constant(NdArray value) {
    return use.during(() -> new Tensor(this, adopt("constant", value), Tensor.CONSTANT));
  }

  private Tensor leaf(String name, NdArray value) {
    NdArray adopted = adopt(name, value);
    return recording
        ? append(name, null, adopted, new Pullback[0], null)
        : new Tensor(this, adopted, Tensor.CONSTANT);
  }

  /**
   * The array, watched for changes, such that results computed from it are allocated where this
   * tape wants them.
   */
  private NdArray adopt(String name, NdArray value) {
    Shapes.given(name, value);
    if (recording) {
      int version = value.version();
      watches.add(() -> Misuse.refuseChanged(name, value, version));
    }
    return value.allocatingFrom(allocator);
  }

  /**
   * Appends an operation: its output and, per input, how the output's gradient becomes the input's.
   *
   * @param op the operation's name, shown in messages and in the printed tape
   * @return the output as a tensor; a constant if every input is one or the tape does not record
   * @throws IllegalStateException if the inputs are on different tapes
   */
  public static Tensor record(String op, NdArray value, Pullback... inputs) {
    return recordFused(op, null, value, null, inputs);
  }

  /**
   * As {@link #record(String, NdArray, Pullback...)}.
   *
   * @param arguments what the operation was called with besides tensors: a number, a shape ({@code
   *     int[]}) or a text, which the printed tape shows behind the inputs; null for nothing
   */
  public static Tensor record(String op, Object arguments, NdArray value, Pullback... inputs) {
    return recordFused(op, arguments, value, null, inputs);
  }

  /** As {@link #record}, with a faster form of the same pullbacks. */
  public static Tensor recordFused(
      String op, Object arguments, NdArray value, Pullback.Fused fused, Pullback... inputs) {
    Shapes.given("record", "a name", op);
    Tape tape = Misuse.tapeOf(op, inputs);
    Shapes.given(op, value);
    boolean outermost = tape.use.enter();
    Tensor output =
        tape.recording && Pullback.reachesAny(inputs)
            ? tape.append(op, arguments, value, inputs, fused)
            : new Tensor(tape, value, Tensor.CONSTANT);
    tape.use.leave(outermost);
    return output;
  }

  private Tensor append(
      String op, Object arguments, NdArray value, Pullback[] inputs, Pullback.Fused fused) {
    Tensor output = new Tensor(this, value, nodes.size());
    Object kept = arguments instanceof int[] shape ? shape.clone() : arguments;
    places.locate();
    nodes.add(new Node(output, op, kept, inputs, fused, value.version()));
    return output;
  }

  /**
   * The gradient of a scalar with respect to x; zeros if y does not depend on x.
   *
   * @param y a tensor of one element
   * @param x a variable or anything computed from one
   * @throws ShapeException if y has more than one element
   * @throws IllegalStateException if this tape cannot answer: other tape, constant, changed array
   */
  public NdArray gradient(Tensor y, Tensor x) {
    return gradient(y, singletonList(x)).get(0);
  }

  /** The gradients of a scalar with respect to several tensors, in their order. */
  public List<NdArray> gradient(Tensor y, List<Tensor> xs) {
    return vjp(singletonList(y), List.of(onesSeed(y)), xs);
  }

  /**
   * The gradients of a scalar with respect to variables, in their order; zeros for those that this
   * tape has not met.
   */
  public List<NdArray> gradientOf(Tensor y, List<? extends Variable> variables) {
    List<Tensor> met =
        Shapes.given("gradientOf", "a list of variables", variables).stream()
            .map(v -> Shapes.given("gradientOf", "every variable", v))
            .flatMap(v -> Stream.ofNullable(lifted.get(v)))
            .toList();
    Iterator<NdArray> gradients = gradient(y, met).iterator();
    return variables.stream()
        .map(v -> lifted.containsKey(v) ? gradients.next() : Misuse.zerosOfUnused(v, nodes))
        .toList();
  }

  /**
   * The sum over all ys of seed · dy/dx, for each x (a vector-Jacobian product).
   *
   * @param seeds one array per y, of its shape
   */
  public List<NdArray> vjp(List<Tensor> ys, List<NdArray> seeds, List<Tensor> xs) {
    Shapes.given("vjp", "a list of seeds", seeds);
    return unrecorded(
        () -> Recycler.apart(backward(ys, seeds.stream().map(this::constant).toList(), xs), seeds));
  }

  private <T> T unrecorded(Supplier<T> action) {
    return use.during(
        () -> {
          boolean before = recording;
          recording = false;
          try {
            return action.get();
          } finally {
            recording = before;
          }
        });
  }

  /** As {@link #gradient(Tensor, Tensor)}, recorded on this tape and so differentiable again. */
  public Tensor differentiableGradient(Tensor y, Tensor x) {
    return differentiableGradient(y, singletonList(x)).get(0);
  }

  /** As {@link #gradient(Tensor, List)}, recorded on this tape and so differentiable again. */
  public List<Tensor> differentiableGradient(Tensor y, List<Tensor> xs) {
    return differentiableVjp(singletonList(y), List.of(constant(onesSeed(y))), xs);
  }

  /** As {@link #vjp}, recorded on this tape and so differentiable again, also in the seeds. */
  public List<Tensor> differentiableVjp(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    return use.during(() -> backward(ys, seeds, xs));
  }

  /**
   * One walk backwards from y that keeps everything it meets: the gradient of every line, who
   * handed what to whom, and why a gradient is zero, absent or not a number.
   *
   * @param y a tensor of one element
   * @param xs of which {@link Explanation#toString} is to tell; all leaves if none is named
   * @throws ShapeException if y has more than one element
   * @throws IllegalStateException if this tape cannot answer, as with {@link #gradient}
   */
  public Explanation explain(Tensor y, Tensor... xs) {
    List<Tensor> asked = Arrays.asList(Shapes.given("explain", "a list of tensors", xs));
    return unrecorded(
        () -> {
          Tensor seed = constant(onesSeed(y));
          requireAnswerable(List.of(y), List.of(seed), asked);
          return new Explanation(nodes, places, new Trace(nodes, y, seed), asked);
        });
  }

  private List<Tensor> backward(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    requireAnswerable(ys, seeds, xs);
    return Backward.vjp(nodes, recording, new Recycler(allocator, recording), ys, seeds, xs);
  }

  private void requireAnswerable(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    if (inference) {
      throw Misuse.inference();
    }
    watches.forEach(Runnable::run);
    nodes.forEach(n -> Misuse.refuseChanged(n.op(), n.output().value(), n.version()));
    Misuse.refuse(t -> t.tape() == this, ys, seeds, xs);
  }

  /** Ones in the shape of y, which must have one element. */
  private static NdArray onesSeed(Tensor y) {
    Misuse.refuseManyElements(Shapes.given("gradient", "a tensor", y).value());
    return NdArray.ones(y.dtype(), y.shape());
  }

  /** The number of recorded nodes, leaves included. */
  public int size() {
    return nodes.size();
  }

  /** The operations recorded so far, leaves included, in order. */
  public List<String> operations() {
    return nodes.stream().map(Node::op).toList();
  }

  /**
   * The first node whose value has a NaN or an infinity, as a line of {@link #toString}: where a
   * loss that is no longer a number went wrong.
   */
  public Optional<String> firstNonFinite() {
    Stream<Node> found = nodes.stream().filter(n -> !n.output().value().isFinite());
    return found.findFirst().map(WengertList::line);
  }

  /** This tape as a Wengert list, one node a line. */
  @Override
  public String toString() {
    return WengertList.of(nodes);
  }
}
