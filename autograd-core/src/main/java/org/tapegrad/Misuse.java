package org.tapegrad;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/** What a tape refuses, with how to do it right. */
final class Misuse {
  private Misuse() {}

  /** The tape that all inputs of an operation are on. */
  static Tape tapeOf(String op, Pullback[] inputs) {
    Tape tape = null;
    for (Pullback p : Shapes.given(op, "a list of inputs", inputs)) {
      Tensor input = Shapes.given(op, "every pullback", p).input();
      if (input != null && tape != null && input.tape() != tape) {
        throw new IllegalStateException(
            op
                + ": the inputs are on two different tapes; bring a value over with"
                + " tape.constant(tensor.value())");
      }
      tape = input == null ? tape : input.tape();
    }
    if (tape == null) {
      throw new IllegalArgumentException(op + ": an operation needs at least one input tensor");
    }
    return tape;
  }

  /** Checks that a kernel has returned a gradient for every input. */
  static void refuseLength(String op, int inputs, int returned) {
    if (returned != inputs) {
      throw new IllegalStateException(
          "%s: the kernel must return one gradient per input, %d, returned %d"
              .formatted(op, inputs, returned));
    }
  }

  /** Checks that a pullback has returned a gradient like its input. */
  static void refuseUnlike(String op, NdArray input, Tensor gradient) {
    if (gradient == null) {
      throw new IllegalStateException(
          op + ": the pullback returned null for an input " + input.describe());
    }
    if (!gradient.value().isLike(input)) {
      throw new ShapeException(
          "%s: the pullback must return a gradient like its input %s, was %s"
              .formatted(op, input.describe(), gradient.value().describe()));
    }
  }

  /** The gradient of a variable that is not on the tape, not even without its name. */
  static NdArray zerosOfUnused(Variable variable, List<Node> nodes) {
    NdArray value = Shapes.given("gradientOf", variable.name(), variable.value());
    for (Node n : nodes) {
      if (n.op().equals("variable") && n.output().value().data() == value.data()) {
        throw new IllegalStateException(
            "gradientOf: "
                + variable.name()
                + " is on this tape as tape.variable(array), which is a variable of its own; use"
                + " tape.variable(variable)");
      }
    }
    return value.zerosLike(value.shape());
  }

  static IllegalStateException inference() {
    return new IllegalStateException(
        "gradient: this tape does not record; compute on a new Tape() instead of Tape.inference()");
  }

  /** Checks that outputs, seeds and targets are on the tape and fit each other. */
  static void refuse(
      Predicate<Tensor> isHere, List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    for (Collection<Tensor> tensors : Arrays.asList(ys, seeds, xs)) {
      Shapes.given("gradient", "a list of tensors", tensors)
          .forEach(t -> Shapes.given("gradient", "a tensor", t));
    }
    if (ys.size() != seeds.size()) {
      throw new IllegalArgumentException(
          "vjp: " + ys.size() + " outputs need as many seeds, was given " + seeds.size());
    }
    for (int i = 0; i < ys.size(); i++) {
      NdArray y = ys.get(i).value();
      NdArray seed = seeds.get(i).value();
      refuseElsewhere(isHere, "gradient", "output", ys.get(i));
      refuseElsewhere(isHere, "gradient", "seed", seeds.get(i));
      if (!seed.isLike(y)) {
        throw new ShapeException(
            "vjp: the seed of an output %s must be alike, was %s"
                .formatted(y.describe(), seed.describe()));
      }
    }
    for (Tensor x : xs) {
      refuseElsewhere(isHere, "gradient", "target", x);
      refuseConstant("gradient", "target", x);
    }
  }

  static void refuseConstant(String asked, String role, Tensor x) {
    if (x.isConstant()) {
      throw new IllegalStateException(
          "%s: the %s %s is a constant of this tape; make it with tape.variable(...)"
              .formatted(asked, role, x.value().describe()));
    }
  }

  static void refuseElsewhere(Predicate<Tensor> isHere, String asked, String role, Tensor t) {
    if (!isHere.test(Shapes.given(asked, "a tensor", t))) {
      throw new IllegalStateException(
          "%s: the %s %s is on another tape".formatted(asked, role, t.value().describe()));
    }
  }

  /** Checks that an array is as it was when the tape recorded it. */
  static void refuseChanged(String name, NdArray value, int version) {
    if (value.version() != version) {
      throw new IllegalStateException(
          ("gradient: %s was modified after it was put on this tape (version %d, now %d); take the"
                  + " gradient before the update, or compute again on a new tape")
              .formatted(name, version, value.version()));
    }
  }

  /** Checks that y is a scalar. */
  static void refuseManyElements(NdArray y) {
    if (y.size() != 1) {
      throw new ShapeException(
          "gradient: needs a tensor of one element, was "
              + y.describe()
              + "; reduce it with sum() or mean(), or give a seed to vjp()");
    }
  }
}
