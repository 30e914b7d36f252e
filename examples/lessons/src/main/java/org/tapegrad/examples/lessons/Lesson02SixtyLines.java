package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** Build it in sixty lines. A tape for numbers, all of it, that agrees with Tapegrad to the bit. */
final class Lesson02SixtyLines {
  // Lesson 1 said that a tape is a list and backward a loop. If that is so, it must be possible to
  // write one down. Here it is, for numbers instead of arrays. A *line* has a value and, for each
  // operand, a function that turns the gradient of the line into what that operand receives: its
  // *pullback*.

  record Input(Line line, DoubleUnaryOperator pullback) {}

  static final class Line {
    final List<Line> tape;
    final double value;
    final Input[] inputs;
    double gradient;

    /** Computed at once, written down at once. */
    Line(List<Line> tape, double value, Input... inputs) {
      this.tape = tape;
      this.value = value;
      this.inputs = inputs;
      tape.add(this);
    }

    Line plus(Line b) {
      return new Line(tape, value + b.value, new Input(this, g -> g), new Input(b, g -> g));
    }

    Line times(Line b) {
      return new Line(
          tape, value * b.value, new Input(this, g -> g * b.value), new Input(b, g -> g * value));
    }

    Line dividedBy(Line b) {
      double y = value / b.value;
      return new Line(
          tape, y, new Input(this, g -> g / b.value), new Input(b, g -> -(g * y / b.value)));
    }

    Line exp() {
      double y = Math.exp(value);
      return new Line(tape, y, new Input(this, g -> g * y));
    }

    Line sin() {
      return new Line(tape, Math.sin(value), new Input(this, g -> g * Math.cos(value)));
    }
  }

  // And this is all of reverse mode:

  static void backward(Line y) {
    y.tape.forEach(line -> line.gradient = 0);
    y.gradient = 1;
    for (int i = y.tape.size() - 1; i >= 0; i--) {
      for (Input input : y.tape.get(i).inputs) {
        input.line().gradient += input.pullback().applyAsDouble(y.tape.get(i).gradient);
      }
    }
  }

  private Lesson02SixtyLines() {}

  public static void main(String[] args) {
    // ## Does it work?
    //
    // Take f(a, b) = sin(a·b) · e^(a/b) + b, in which both inputs are used again and again.

    List<Line> list = new ArrayList<>();
    Line a = new Line(list, 1.1);
    Line b = new Line(list, 0.7);
    Line f = a.times(b).sin().times(a.dividedBy(b).exp()).plus(b);
    backward(f);
    System.out.printf("f = %s, df/da = %s, df/db = %s%n", f.value, a.gradient, b.gradient);

    // The same in Tapegrad, whose tape takes arrays of any shape, in two types, with fast loops:

    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(1.1));
    Tensor y = tape.variable(NdArray.scalar(0.7));
    Tensor h = x.times(y).sin().times(x.dividedBy(y).exp()).plus(y);
    System.out.println(tape);

    // Not close: equal. The lines are the same, the pullbacks are the same, so are the roundings.

    check("the value is the same to the last bit", f.value == h.item());
    check("so is df/da", a.gradient == tape.gradient(h, x).item());
    check("so is df/db", b.gradient == tape.gradient(h, y).item());
    check("both lists are equally long", list.size() == tape.size());

    // And neither is wrong: df/da = e^(a/b) (b cos(ab) + sin(ab)/b), by hand.

    double byHand = Math.exp(1.1 / 0.7) * (0.7 * Math.cos(0.77) + Math.sin(0.77) / 0.7);
    check("df/da is what paper says", Math.abs(a.gradient - byHand) < 1e-14);

    // What Tapegrad adds to these sixty lines: arrays, pullbacks that are themselves recorded (so
    // that gradients have gradients), lines that are skipped because nobody asked, and refusals
    // where the answer would be wrong. The loop stays this loop.
  }
}
