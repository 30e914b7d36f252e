package org.tapegrad;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/** What a tape refuses when it is asked for gradients, with how to do it right. */
final class Misuse {
  private Misuse() {}

  static IllegalStateException twoTapes(String op) {
    return new IllegalStateException(
        op
            + ": the inputs are on two different tapes; bring a value over with"
            + " tape.constant(tensor.value())");
  }

  static IllegalArgumentException noInput(String op) {
    return new IllegalArgumentException(op + ": an operation needs at least one input tensor");
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
