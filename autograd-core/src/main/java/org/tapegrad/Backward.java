package org.tapegrad;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.array.NdArray;

/** One walk from the end of a tape to its start, carrying the gradient of each node's output. */
class Backward {
  private final List<Node> nodes;
  private final boolean recording;
  private final Recycler recycler;

  /** Whether any x is reached from the node, so that its gradient is of use. */
  private final boolean[] needed;

  final Tensor[] gradients;

  Backward(List<Node> nodes, boolean recording, Recycler recycler, boolean[] needed) {
    this.nodes = nodes;
    this.recording = recording;
    this.recycler = recycler;
    this.needed = needed;
    this.gradients = new Tensor[needed.length];
  }

  /** The sums over all ys of seed · dy/dx, zeros where no y depends on x. */
  static List<Tensor> vjp(
      List<Node> nodes,
      boolean recording,
      Recycler recycler,
      List<Tensor> ys,
      List<Tensor> seeds,
      List<Tensor> xs) {
    int first = xs.stream().mapToInt(Tensor::index).min().orElse(0);
    int last = ys.stream().mapToInt(Tensor::index).max().orElse(Tensor.CONSTANT);
    boolean[] wanted = new boolean[last + 1];
    xs.stream().filter(x -> x.index() <= last).forEach(x -> wanted[x.index()] = true);
    boolean[] needed = wanted.clone();
    Backward walk = new Backward(nodes, recording, recycler, needed);
    for (int i = first; i <= last; i++) {
      for (Pullback p : nodes.get(i).pullbacks()) {
        needed[i] |= walk.isNeeded(p.input());
      }
    }
    for (int i = 0; i < ys.size(); i++) {
      if (!ys.get(i).isConstant()) {
        walk.add(ys.get(i).index(), seeds.get(i));
      }
    }
    for (int i = last; i >= first; i--) {
      walk.visit(i, wanted[i]);
    }
    List<Tensor> result = new ArrayList<>(xs.size());
    for (Tensor x : xs) {
      Tensor g = x.index() <= last ? walk.gradients[x.index()] : null;
      result.add(g != null ? g : x.tape().constant(x.value().zerosLike(x.shape())));
    }
    return result;
  }

  private boolean isNeeded(Tensor input) {
    return input != null && !input.isConstant() && needed[input.index()];
  }

  /** Hands the gradient of one node on to its inputs; afterwards only one that is wanted stays. */
  private void visit(int i, boolean wanted) {
    Tensor g = gradients[i];
    if (g == null || !needed[i]) {
      return;
    }
    int mark = recycler.mark();
    handOn(nodes.get(i), g);
    if (!wanted) {
      put(i, null);
    }
    recycler.release(mark, wanted ? null : g);
  }

  final void handOn(Node node, Tensor g) {
    if (node.fused() == null || recording) {
      byRules(node, g);
    } else {
      fused(node, g);
    }
  }

  private void byRules(Node node, Tensor g) {
    Pullback[] pullbacks = node.pullbacks();
    for (int i = 0; i < pullbacks.length; i++) {
      Pullback p = pullbacks[i];
      if (isNeeded(p.input())) {
        accept(node, i, p.input(), p.rule().apply(node.output(), g));
      }
    }
  }

  private void fused(Node node, Tensor g) {
    Pullback[] pullbacks = node.pullbacks();
    boolean[] asked = new boolean[pullbacks.length];
    for (int i = 0; i < pullbacks.length; i++) {
      asked[i] = isNeeded(pullbacks[i].input());
    }
    NdArray[] results = node.fused().apply(g.value(), asked);
    Misuse.refuseLength(node.op(), pullbacks.length, results.length);
    for (int i = 0; i < pullbacks.length; i++) {
      if (asked[i]) {
        Tape tape = node.output().tape();
        Tensor result = results[i] == null ? null : tape.constant(results[i]);
        accept(node, i, pullbacks[i].input(), result);
      }
    }
  }

  /** Takes in what a node hands to one of its inputs. */
  void accept(Node node, int slot, Tensor input, Tensor gradient) {
    Misuse.refuseUnlike(node.op(), input.value(), gradient);
    add(input.index(), gradient);
  }

  final void add(int index, Tensor gradient) {
    put(index, gradients[index] == null ? gradient : gradients[index].plus(gradient));
  }

  private void put(int index, Tensor gradient) {
    recycler.replace(gradients[index], gradient);
    gradients[index] = gradient;
  }
}
