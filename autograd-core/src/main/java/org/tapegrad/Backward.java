package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One walk from the end of a tape to its start, carrying the gradient of each node's output. */
final class Backward {
  private final Tape tape;
  private final List<Node> nodes;

  /** Whether any x is reached from the node, so that its gradient is of use. */
  private boolean[] needed;

  private Tensor[] gradients;

  Backward(Tape tape, List<Node> nodes) {
    this.tape = tape;
    this.nodes = nodes;
  }

  List<Tensor> run(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    check(ys, seeds, xs);
    int first = xs.stream().mapToInt(Tensor::index).min().orElse(0);
    int last = ys.stream().mapToInt(Tensor::index).max().orElse(-1);
    markNeeded(xs, first, last);
    gradients = new Tensor[Math.max(last + 1, 0)];
    for (int i = 0; i < ys.size(); i++) {
      if (!ys.get(i).isConstant()) {
        add(ys.get(i).index(), seeds.get(i));
      }
    }
    boolean[] wanted = new boolean[Math.max(last + 1, 0)];
    xs.stream().filter(x -> x.index() <= last).forEach(x -> wanted[x.index()] = true);
    for (int i = last; i >= Math.max(first, 0); i--) {
      Tensor g = gradients[i];
      if (g == null || !needed[i]) {
        continue;
      }
      if (!wanted[i]) {
        gradients[i] = null;
      }
      propagate(nodes.get(i), g);
    }
    List<Tensor> result = new ArrayList<>(xs.size());
    for (Tensor x : xs) {
      Tensor g = x.index() <= last ? gradients[x.index()] : null;
      result.add(g != null ? g : tape.constant(x.value().zerosLike(x.value().extents)));
    }
    return result;
  }

  private void check(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    if (ys.size() != seeds.size()) {
      throw new IllegalArgumentException(
          "vjp: " + ys.size() + " outputs need as many seeds, was given " + seeds.size());
    }
    for (int i = 0; i < ys.size(); i++) {
      NdArray y = ys.get(i).value();
      NdArray seed = seeds.get(i).value();
      onThisTape("output", ys.get(i));
      onThisTape("seed", seeds.get(i));
      if (!seed.hasShape(y.extents) || seed.dtype() != y.dtype()) {
        throw new ShapeException(
            "vjp: the seed of an output " + y.describe() + " must be alike, was " + seed.describe());
      }
    }
    for (Tensor x : xs) {
      onThisTape("target", x);
      if (x.isConstant()) {
        throw new IllegalStateException(
            "gradient: the target "
                + x.value().describe()
                + " is a constant of this tape; make it with tape.variable(...)");
      }
    }
  }

  private void onThisTape(String role, Tensor t) {
    if (t.tape() != tape) {
      throw new IllegalStateException(
          "gradient: the " + role + " " + t.value().describe() + " is on another tape");
    }
  }

  private void markNeeded(List<Tensor> xs, int first, int last) {
    needed = new boolean[Math.max(last + 1, 0)];
    for (Tensor x : xs) {
      if (x.index() <= last) {
        needed[x.index()] = true;
      }
    }
    for (int i = Math.max(first, 0); i <= last; i++) {
      for (Pullback p : nodes.get(i).pullbacks()) {
        needed[i] |= isNeeded(p.input());
      }
    }
  }

  private boolean isNeeded(Tensor input) {
    return input != null && !input.isConstant() && needed[input.index()];
  }

  private void propagate(Node node, Tensor g) {
    Pullback[] pullbacks = node.pullbacks();
    if (node.kernel() != null && !tape.isRecording()) {
      boolean[] wanted = new boolean[pullbacks.length];
      for (int i = 0; i < pullbacks.length; i++) {
        wanted[i] = isNeeded(pullbacks[i].input());
      }
      NdArray[] results = node.kernel().apply(g.value(), wanted);
      for (int i = 0; i < pullbacks.length; i++) {
        if (wanted[i]) {
          NdArray result = results[i];
          accept(node, pullbacks[i].input(), result == null ? null : tape.constant(result));
        }
      }
      return;
    }
    for (Pullback p : pullbacks) {
      if (isNeeded(p.input())) {
        accept(node, p.input(), p.rule().apply(node.output(), g));
      }
    }
  }

  private void accept(Node node, Tensor input, Tensor gradient) {
    NdArray x = input.value();
    if (gradient == null) {
      throw new IllegalStateException(
          node.op() + ": the pullback returned null for an input " + x.describe());
    }
    NdArray g = gradient.value();
    if (!Arrays.equals(g.extents, x.extents) || g.dtype() != x.dtype()) {
      throw new ShapeException(
          node.op()
              + ": the pullback must return a gradient like its input "
              + x.describe()
              + ", was "
              + g.describe());
    }
    add(input.index(), gradient);
  }

  private void add(int index, Tensor gradient) {
    gradients[index] = gradients[index] == null ? gradient : gradients[index].plus(gradient);
  }
}
