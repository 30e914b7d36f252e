package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.lessons.book.Plot;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Linear;
import org.tapegrad.nn.Sequential;
import org.tapegrad.ops.Losses;
import org.tapegrad.optim.SGD;

/** Memory is what lambdas hold. Saved values, changed weights, steps that give back, inference. */
final class Lesson11Memory {
  static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  static String refusal(Runnable action) {
    try {
      action.run();
      return "nothing was refused";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private Lesson11Memory() {}

  public static void main(String[] args) {
    // The gradient of w·x with respect to w is x. So x must still be there when the walk comes by.
    // In Tapegrad nobody declares what is saved: the pullback of `times` is the lambda `(y, g) ->
    // g.times(x)`, it mentions x, and so it holds x. What is held is what the lambdas mention, plus
    // the results that the tape lists. When the tape goes, all of it goes.
    //
    // ## Changed weights are refused
    //
    // A lambda holds an array, not a copy. If the array is changed before the walk, the gradient
    // would belong to no program at all. Arrays count their writes, and the tape compares:

    SplittableRandom random = new SplittableRandom(1);
    Sequential network =
        new Sequential(
            new Linear(DType.FLOAT32, random, 64, 256),
            Lambda.tanh(),
            new Linear(DType.FLOAT32, random, 256, 1));
    NdArray x = NdArray.normal(DType.FLOAT32, random, 0, 1, 100, 64);
    NdArray target = NdArray.normal(DType.FLOAT32, random, 0, 1, 100, 1);
    SGD optimizer = new SGD(network.parameters(), 0.01);

    Tape tape = new Tape();
    Tensor loss = Losses.meanSquaredError(network.forward(tape.constant(x)), tape.constant(target));
    List<NdArray> gradients = tape.gradientOf(loss, network.parameters());
    optimizer.step(gradients);
    String changed = refusal(() -> tape.gradientOf(loss, network.parameters()));
    System.out.println(changed);
    check("the gradient after the update is refused", changed.contains("0.weight was modified"));

    // ## Steps that give back
    //
    // A training step makes the same arrays again and again. The garbage collector copes, at the
    // price of fresh memory for each. A `Workspace` hands the arrays of one step to the next. How
    // much does a step allocate, once Java has compiled it?

    for (int i = 0; i < 300; i++) {
      Tape warm = new Tape();
      Tensor l = Losses.meanSquaredError(network.forward(warm.constant(x)), warm.constant(target));
      optimizer.step(warm.gradientOf(l, network.parameters()));
    }
    Workspace workspace = new Workspace();
    double[] plain = new double[20];
    double[] reused = new double[20];
    for (int i = 0; i < 20; i++) {
      long before = allocated();
      Tape fresh = new Tape();
      Tensor l =
          Losses.meanSquaredError(network.forward(fresh.constant(x)), fresh.constant(target));
      optimizer.step(fresh.gradientOf(l, network.parameters()));
      plain[i] = allocated() - before;
    }
    long filled = 0;
    for (int i = 0; i < 20; i++) {
      long before = allocated();
      try (Workspace.Step s = workspace.step()) {
        Tape t = s.tape();
        Tensor l = Losses.meanSquaredError(network.forward(t.constant(x)), t.constant(target));
        optimizer.step(t.gradientOf(l, network.parameters()));
      }
      reused[i] = allocated() - before;
      filled = i == 0 ? workspace.idleBytes() : filled;
    }
    show(
        new Plot("Bytes that a training step allocates", "step", "bytes")
            .curve("garbage collector alone", plain)
            .curve("Workspace", reused));
    System.out.printf("the last step: %.0f bytes, with a workspace %.0f%n", plain[19], reused[19]);
    check("the first step fills the workspace", filled > 0);
    check("no later one adds to it", workspace.idleBytes() == filled);

    // What was allocated in a step is on loan. Looking at it later is an error that says so:

    Tensor[] kept = new Tensor[1];
    try (Workspace.Step s = workspace.step()) {
      kept[0] = s.tape().constant(x).square();
    }
    String late = refusal(() -> kept[0].value().get(0, 0));
    System.out.println(late);
    check("a use after the step is refused", late.contains("copy()"));

    // ## Inference
    //
    // To predict, nothing need be kept. A tape that does not record has no lines; every result is
    // garbage as soon as the next one is computed:

    Tape inference = Tape.inference();
    Tensor prediction = network.forward(inference.constant(x));
    System.out.println("lines: " + tape.size() + " when recording, " + inference.size() + " here");
    String none = refusal(() -> inference.gradient(prediction.sum(), prediction));
    System.out.println(none);
    check("nothing is recorded", inference.size() == 0 && prediction.isConstant());
    check("a gradient is refused, not zero", none.contains("does not record"));
    check(
        "the values are the same bits",
        prediction.value().equals(network.forward(new Tape().constant(x)).value()));
  }
}
