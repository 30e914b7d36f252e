package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import java.util.List;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.NdArray;

/** Where did my gradient go? Six zeros, six reasons, and a tape that names each. */
final class Lesson04WhereDidItGo {
  private Lesson04WhereDidItGo() {}

  public static void main(String[] args) {
    // `tape.gradient` gives an array of zeros for every one of the seven variables below but the
    // last. A zero says that something is wrong and not what. Before reading on: which line is to
    // blame for which?

    Tape tape = new Tape();
    Tensor forgotten = tape.variable(NdArray.of(1, 2, 3));
    Tensor aside = tape.variable(NdArray.of(1, 2, 3));
    Tensor cut = tape.variable(NdArray.of(1, 2, 3));
    Tensor dead = tape.variable(NdArray.of(-1, -2, -3));
    Tensor bias = tape.variable(NdArray.of(0.5));
    Tensor late = tape.variable(NdArray.of(1, 2, 3));
    Tensor alive = tape.variable(NdArray.of(1, 2, 4));

    Tensor curiosity = aside.exp().sum();
    Tensor target = cut.square().detach();
    Tensor rectified = dead.maximum(0);
    Tensor shifted = alive.times(2).plus(bias);
    Tensor centred = shifted.minus(shifted.mean());
    Tensor loss = centred.minus(target).square().plus(rectified).sum();
    Tensor regularised = loss.plus(late.square().sum());
    System.out.printf("%s and %s, neither looks wrong%n", loss.item(), regularised.item());

    // An *explanation* is a walk backwards that keeps everything. It tells an absent gradient from
    // one that is zero, which `gradient` cannot, and it can be asked why.

    Explanation explanation = tape.explain(loss);
    List<String> names = List.of("forgotten", "aside", "cut", "dead", "bias", "late", "alive");
    List<Tensor> tensors = List.of(forgotten, aside, cut, dead, bias, late, alive);
    for (int i = 0; i < 7; i++) {
      Tensor x = tensors.get(i);
      String gradient = explanation.gradient(x).map(NdArray::toString).orElse("nothing");
      System.out.printf("%s receives %s%n", names.get(i), gradient);
      System.out.println("    " + explanation.why(x).summary());
    }

    // Each reason is a type, so a program can ask as well as a person:

    check("forgotten: nobody uses it", explanation.why(forgotten) instanceof Why.NotUsed);
    check("aside: used, but not for the loss", explanation.why(aside) instanceof Why.NoPath);
    check("cut: detach() cut the path", explanation.why(cut) instanceof Why.Detached);
    check("dead: maximum passed on nothing", explanation.why(dead) instanceof Why.Zeroed);
    check("bias: its parts cancel", explanation.why(bias) instanceof Why.Cancels);
    check("late: used after the loss", explanation.why(late) instanceof Why.NoPath);
    check("alive: all is well", explanation.why(alive) instanceof Why.Flows);

    // ## The sixth reason
    //
    // *After the loss* is said of something that did not exist yet when the loss was computed. It
    // happens with a penalty that is added to the loss while the gradient is still taken of the
    // loss without it, as with `regularised` above:

    System.out.println(explanation.why(regularised).summary());
    check("recorded too late", explanation.why(regularised) instanceof Why.AfterLoss);
    check(
        "asked of the right sum, it flows",
        tape.explain(regularised).why(late) instanceof Why.Flows);

    // ## Absent or zero
    //
    // Two of the zeros are gradients: something arrived, and it was zero. At the others nothing
    // arrived. The bias is the interesting one: a shift in front of a subtracted mean changes
    // nothing, whatever the loss, so a layer that is followed by a norm needs none (lesson 5).

    check("nothing arrived at `cut`", explanation.gradient(cut).isEmpty());
    check("zeros arrived at `dead`", explanation.gradient(dead).isPresent());
    check(
        "both are zeros to gradient()", tape.gradient(loss, cut).equals(tape.gradient(loss, dead)));

    // In the explorer the reason stands beside each line. Choose v3 or v4, then follow the link to
    // the line to blame.

    show("six zeros", explanation);
  }
}
