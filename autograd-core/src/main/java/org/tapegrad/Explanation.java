package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tapegrad.array.NdArray;

/**
 * A tape with all that a walk backwards from one output met: {@code tape.explain(y)}. The values
 * are those of the tape, the gradients those that {@link Tape#gradient} computes, by the same
 * kernels.
 *
 * <pre>{@code
 * Tape tape = new Tape();
 * Tensor x = tape.variable(NdArray.of(new double[] {-1, -2, -3}, 3));
 * Tensor y = x.maximum(0).sum();
 * tape.explain(y).why(x).summary();
 * // v1 = maximum received 1, 1, 1 and handed v0 zeros: 3 of 3 numbers are not above 0
 * }</pre>
 */
public final class Explanation {

  /**
   * One line of the tape.
   *
   * @param number its position; v0 is line 0
   * @param text the line as {@link Tape#toString} prints it
   * @param op the operation's name; for a leaf, what it is called
   * @param arguments what the operation was called with besides tensors, null for nothing
   * @param inputs the operation's inputs by slot, empty for a leaf; null where an optional one is
   *     absent
   * @param scope the scopes it was recorded in, as {@code block1/conv}; empty outside of any
   * @param location the program's line that recorded it, on a {@link Tape#locating} tape
   */
  public record Line(
      int number,
      String text,
      String op,
      Object arguments,
      List<Tensor> inputs,
      Tensor output,
      String scope,
      Optional<StackTraceElement> location) {}

  /**
   * What one line handed to one of its inputs.
   *
   * @param from the line that handed it on
   * @param slot which of that line's inputs, from 0
   * @param to the line that received it
   * @param gradient of the shape of the receiving line's value
   */
  public record Contribution(int from, int slot, int to, NdArray gradient) {}

  private final List<Line> lines;
  private final Trace trace;
  private final List<Tensor> asked;
  private final Reasons reasons;

  Explanation(List<Node> nodes, Places places, Trace trace, List<Tensor> asked) {
    this.lines = lines(nodes, places);
    this.trace = trace;
    this.reasons = new Reasons(lines, trace);
    this.asked =
        asked.isEmpty()
            ? lines.stream().filter(l -> l.inputs.isEmpty()).map(Line::output).toList()
            : asked;
  }

  private static List<Line> lines(List<Node> nodes, Places places) {
    List<String> scopes = places.scopes(nodes.size());
    List<Line> lines = new ArrayList<>(nodes.size());
    for (Node n : nodes) {
      int i = lines.size();
      List<Tensor> inputs =
          Collections.unmodifiableList(
              Arrays.asList(Stream.of(n.pullbacks()).map(Pullback::input).toArray(Tensor[]::new)));
      lines.add(
          new Line(
              i,
              WengertList.line(n),
              n.op(),
              n.arguments() instanceof int[] shape ? shape.clone() : n.arguments(),
              inputs,
              n.output(),
              scopes.get(i),
              places.location(i)));
    }
    return Collections.unmodifiableList(lines);
  }

  /** The tensor whose gradient is explained. */
  public Tensor output() {
    return trace.y;
  }

  /** All lines of the tape up to the moment of the explanation, also those after the output. */
  public List<Line> lines() {
    return lines;
  }

  /** The line that recorded a tensor; empty for a constant, and for what was recorded later. */
  public Optional<Line> line(Tensor x) {
    Misuse.refuseElsewhere(t -> t.tape() == trace.y.tape(), "explain", "tensor", x);
    return x.isConstant() || x.index() >= lines.size()
        ? Optional.empty()
        : Optional.of(lines.get(x.index()));
  }

  /**
   * The gradient of the output with respect to x; empty where none arrived, for which {@link
   * Tape#gradient} says zeros.
   */
  public Optional<NdArray> gradient(Tensor x) {
    return line(x).map(l -> trace.gradient(l.number)).map(NdArray::copy);
  }

  /** What x received, from the last line to the first; its gradient is the sum. */
  public List<Contribution> contributions(Tensor x) {
    return line(x).map(l -> trace.received(l.number)).orElse(List.of()).stream()
        .map(h -> new Contribution(h.from(), h.slot(), h.to(), h.gradient().copy()))
        .toList();
  }

  /**
   * Why the gradient with respect to x is what it is.
   *
   * @throws IllegalStateException if x is a constant or on another tape
   */
  public Why why(Tensor x) {
    line(x);
    Misuse.refuseConstant("explain", "tensor", x);
    return reasons.why(x);
  }

  /** The tape with the gradient of each line and where it came from, then the reasons. */
  @Override
  public String toString() {
    return Stream.concat(
            lines.stream().map(this::described),
            asked.stream().map(x -> "why v" + x.index() + ": " + reasons.why(x).summary()))
        .collect(Collectors.joining("\n"));
  }

  private String described(Line line) {
    String place =
        (line.scope.isEmpty() ? "" : "  in " + line.scope)
            + line.location
                .map(l -> "  at " + l.getFileName() + ":" + l.getLineNumber())
                .orElse("");
    NdArray gradient = trace.gradient(line.number);
    if (gradient == null) {
      return line.text + place;
    }
    String parts =
        trace.received(line.number).stream()
            .map(h -> Numbers.of(h.gradient()) + " from v" + h.from())
            .collect(Collectors.joining("; "));
    return line.text
        + place
        + "\n    gradient "
        + Numbers.of(gradient)
        + (parts.isEmpty() ? "" : " = " + parts);
  }
}
