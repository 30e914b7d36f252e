package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import java.util.List;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Gradients;

/** The first NaN. The loss is finite, every value is finite, and the gradient is not. */
final class Lesson06FirstNaN {
  static Tensor distance(Tensor a, Tensor b) {
    return a.minus(b).square().sum().sqrt();
  }

  private Lesson06FirstNaN() {}

  public static void main(String[] args) {
    // Two points, their distance, and a prediction that hits its target exactly. A perfect fit, at
    // last. The loss is 0:

    Parameter w = new Parameter("w", NdArray.of(1, 2));
    Tape tape = new Tape();
    Tensor x = tape.variable(w);
    Tensor loss = distance(x, tape.constant(NdArray.of(1, 2)));
    NdArray gradient = tape.gradient(loss, x);
    System.out.println("loss " + loss.item() + ", gradient " + gradient);

    check("no value on the tape is infinite or NaN", tape.firstNonFinite().isEmpty());
    check("the gradient is", !gradient.isFinite());

    // The slope of a root at 0 is infinite, the slope of a square at 0 is 0, and infinity times 0
    // is NaN. Neither operation is wrong on its own. A look at the loss will not find it, nor a
    // look at all values; one has to look at the walk backwards, and at the *first* of its NaNs:

    Explanation explanation = tape.explain(loss);
    System.out.println(explanation);
    Why why = explanation.why(x);
    check(
        "it began on the way back, at the root",
        why instanceof Why.NotFinite n && !n.forwards() && n.line().getAsInt() == 4);
    show("sqrt at 0", explanation);

    // ## How a NaN spreads
    //
    // An optimiser does as it is told. After one step the parameter is NaN, after the next all that
    // it ever touched; the loss shows it one step late, when there is nothing left to look at.

    Parameter innocent = new Parameter("innocent", w.value().copy());
    new Adam(List.of(innocent), 0.1).step(List.of(gradient));
    System.out.println("after one step of Adam: " + innocent.value());
    check("Adam has stored the NaN", Double.isNaN(innocent.value().get(0)));

    // One line in front of the optimiser stops before that, and says what the explanation says:

    String refusal = "";
    try {
      Gradients.requireFinite(loss, List.of(w), List.of(gradient));
    } catch (ArithmeticException e) {
      refusal = e.getMessage();
    }
    System.out.println(refusal);
    check(
        "it names the parameter and the line",
        refusal.contains("of w is") && refusal.contains("v4"));

    // ## Choosing too late
    //
    // The cure that everybody tries first is to choose: the distance where it is positive, 0 where
    // it is not. It cures the value and not the gradient, because the gate hands 0 to the root, and
    // the root turns it into 0 · infinity:

    Tensor gate = tape.constant(loss.value().greater(0));
    NdArray chosen = tape.gradient(loss.times(gate), x);
    System.out.println("chosen after the root: " + chosen);
    check("still NaN", Double.isNaN(chosen.get(0)));

    // What helps is to keep the root away from 0, before it is taken:

    Tensor safe = x.minus(tape.constant(NdArray.of(1, 2))).square().sum().plus(1e-12).sqrt();
    NdArray finite = tape.gradient(safe, x);
    System.out.println("shifted before the root: " + finite);
    check("the gradient of a perfect fit is 0", finite.equals(NdArray.of(0, 0)));

    // ## When values do overflow
    //
    // The other kind begins forwards. There the tape can be asked at once:

    Tape hot = new Tape();
    Tensor logit = hot.variable(NdArray.of(1000));
    Tensor p = logit.exp().dividedBy(logit.exp().plus(1));
    System.out.println(hot.firstNonFinite().orElseThrow());
    check(
        "exp overflowed forwards",
        hot.explain(p.sum()).why(logit) instanceof Why.NotFinite n && n.forwards());
  }
}
