package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.Activations.leakyRelu;
import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Activations.sigmoid;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.stream.IntStream;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.lessons.book.Plot;

/** Zero is not absent. A dead unit, a saturated one, and a sum that cannot move. */
final class Lesson05Zero {
  private Lesson05Zero() {}

  public static void main(String[] args) {
    // Lesson 4 had gradients that were absent. Here all of them arrive; what arrives is zero, or
    // nearly. Three causes, which look the same in a log and need three different cures.
    //
    // ## Dead
    //
    // A rectifier hands on the gradient where its input is positive. If that is nowhere, learning
    // stops, and nothing will ever start it again:

    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.of(-0.5, -1, -3));
    Explanation dead = tape.explain(relu(x).sum());
    System.out.println(dead.why(x).summary());
    check("dead: zeros arrive", dead.gradient(x).get().equals(NdArray.of(0, 0, 0)));

    // The cure is a slope to the left of zero:

    Explanation leaky = tape.explain(leakyRelu(x, 0.2).sum());
    System.out.println(leaky.why(x).summary());
    check("leaky: a fifth comes through", leaky.gradient(x).get().get(2) == 0.2);

    // ## Saturated
    //
    // The slope of a sigmoid s is s·(1 - s). At x = 40 that is 4e-18: tiny, but not zero, and Adam,
    // which divides a gradient by its size, moves at full speed. Yet 1 - s *computed* is zero from
    // x = 37 on, because s is rounded to 1. Then the tiny gradient is gone for good. Tapegrad takes
    // sigmoid(-x) for 1 - s:

    double[] at = IntStream.rangeClosed(0, 160).mapToDouble(i -> i / 2.0).toArray();
    Tensor far = tape.variable(NdArray.of(at, at.length));
    Tensor s = sigmoid(far);
    NdArray kept = tape.gradient(s.sum(), far);
    NdArray lost = s.value().times(s.value().negate().plus(1));
    show(
        new Plot("The slope of a sigmoid far out", "x", "slope")
            .curve("sigmoid(x) · sigmoid(-x)", at, kept.toDoubleArray())
            .curve("s · (1 - s), as computed", at, lost.toDoubleArray()));

    check("at 40 the slope is e^-40", Math.abs(kept.get(80) / Math.exp(-40) - 1) < 1e-15);
    check("s · (1 - s) says 0 there", lost.get(80) == 0);
    check("at 30 three digits are right", Math.abs(lost.get(60) / kept.get(60) - 1) > 1e-4);

    Explanation saturated = tape.explain(s.slice(0, 80, 81).sum());
    System.out.println(saturated.why(far).summary());
    check("tiny is not zero", saturated.why(far) instanceof Why.Flows);

    // ## A sum that cannot move
    //
    // Instance norm takes the mean away and divides by the deviation. So the sum of its output is
    // zero whatever the image, and a sum that cannot move has no gradient. Each pixel receives
    // parts that are anything but zero; they cancel:

    NdArray plane = NdArray.of(new double[] {1, 2, 4, 9}, 1, 1, 2, 2);
    Tape another = new Tape();
    Tensor image = another.variable(plane);
    Tensor y = instanceNorm2d(image, null, null);
    Explanation sum = another.explain(y.sum());
    System.out.println(sum.why(image).summary());
    check("the sum of a normalised plane is 0", Math.abs(y.sum().item()) < 1e-15);
    check("its gradient cancels", sum.why(image) instanceof Why.Cancels);

    // The same for a bias in front of a norm. Nothing is broken, so nothing needs a cure but the
    // question: of a weighted sum, or of any loss worth having, the gradient is not zero.

    NdArray weights = NdArray.of(new double[] {0.3, -1, 0.5, 0.2}, 1, 1, 2, 2);
    Explanation weighted = another.explain(y.times(another.constant(weights)).sum());
    System.out.println(weighted.why(image).summary());
    check("a weighted sum moves", weighted.why(image) instanceof Why.Flows);
    show("the sum of a normalised plane", sum);
  }
}
