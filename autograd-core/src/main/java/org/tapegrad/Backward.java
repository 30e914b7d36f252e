package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One walk from the end of a tape to its start, carrying the gradient of each node's output. In a
 * workspace step, arrays are given back as soon as the walk has passed them: a pullback's
 * intermediate results, and each gradient once it has been propagated.
 */
final class Backward {
  private final Tape tape;
  private final List<Node> nodes;
  private final Allocator allocator;

  /** Where in the sequence of allocations this walk began; nothing older is ever given back. */
  private final int start;

  /** How many of the gradients share an array. */
  private final Map<Object, Integer> uses = new IdentityHashMap<>();

  /** Whether any x is reached from the node, so that its gradient is of use. */
  private boolean[] needed;

  private Tensor[] gradients;

  Backward(Tape tape, List<Node> nodes, Allocator allocator) {
    this.tape = tape;
    this.nodes = nodes;
    this.allocator = allocator;
    this.start = allocator.mark();
  }

  List<Tensor> run(List<Tensor> ys, List<Tensor> seeds, List<Tensor> xs) {
    check(ys, seeds, xs);
    int first = xs.stream().mapToInt(Tensor::index).min().orElse(0);
    int last = ys.stream().mapToInt(Tensor::index).max().orElse(Tensor.CONSTANT);
    boolean[] wanted = new boolean[last + 1];
    xs.stream().filter(x -> x.index() <= last).forEach(x -> wanted[x.index()] = true);
    markNeeded(wanted, first);
    gradients = new Tensor[last + 1];
    for (int i = 0; i < ys.size(); i++) {
      if (!ys.get(i).isConstant()) {
        add(ys.get(i).index(), seeds.get(i));
      }
    }
    for (int i = last; i >= first; i--) {
      Tensor g = gradients[i];
      if (g != null && needed[i]) {
        int mark = allocator.mark();
        propagate(nodes.get(i), g);
        if (!wanted[i]) {
          put(i, null);
        }
        giveBack(mark, wanted[i] ? null : g);
      }
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
            "vjp: the seed of an output "
                + y.describe()
                + " must be alike, was "
                + seed.describe());
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

  private void markNeeded(boolean[] wanted, int first) {
    needed = wanted.clone();
    for (int i = first; i < needed.length; i++) {
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
    if (node.kernel() == null || tape.isRecording()) {
      for (Pullback p : pullbacks) {
        if (isNeeded(p.input())) {
          accept(node, p.input(), p.rule().apply(node.output(), g));
        }
      }
      return;
    }
    boolean[] asked = new boolean[pullbacks.length];
    for (int i = 0; i < pullbacks.length; i++) {
      asked[i] = isNeeded(pullbacks[i].input());
    }
    NdArray[] results = node.kernel().apply(g.value(), asked);
    if (results.length != pullbacks.length) {
      throw new IllegalStateException(
          node.op()
              + ": the kernel must return one gradient per input, "
              + pullbacks.length
              + ", returned "
              + results.length);
    }
    for (int i = 0; i < pullbacks.length; i++) {
      if (asked[i]) {
        accept(node, pullbacks[i].input(), results[i] == null ? null : tape.constant(results[i]));
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
    put(index, gradients[index] == null ? gradient : gradients[index].plus(gradient));
  }

  private void put(int index, Tensor gradient) {
    if (givesBack()) {
      count(gradients[index], -1);
      count(gradient, 1);
    }
    gradients[index] = gradient;
  }

  /** A recorded gradient is part of the tape and stays; the heap looks after itself. */
  private boolean givesBack() {
    return allocator != Allocator.HEAP && !tape.isRecording();
  }

  private void count(Tensor gradient, int change) {
    if (gradient != null) {
      Object array = gradient.value().storage.identity();
      uses.merge(array, change, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  private void giveBack(int mark, Tensor propagated) {
    if (!givesBack()) {
      return;
    }
    allocator.releaseSince(mark, uses::containsKey);
    if (propagated != null && !uses.containsKey(propagated.value().storage.identity())) {
      allocator.release(start, propagated.value().storage.identity());
    }
  }
}
