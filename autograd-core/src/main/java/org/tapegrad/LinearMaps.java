package org.tapegrad;

import static org.tapegrad.Pullback.wrt;

import java.util.Arrays;

/**
 * The linear maps of tensors, in pairs of adjoints: sum and broadcast, slice and pad, a permutation
 * and its inverse, a matrix product and its transposes. Each one's gradient is its partner, so all
 * are differentiable to any order.
 */
final class LinearMaps {
  private LinearMaps() {}

  static Tensor sum(Tensor a, int[] axes, boolean keepAxes) {
    int[] from = a.value().extents;
    boolean[] summed = Shapes.axes("sum", axes, from.length);
    int[] kept = Shapes.reduced(from, summed, true);
    return Tape.record(
        "sum",
        Reduce.sum(a.value(), summed, keepAxes),
        wrt(a, (y, g) -> g.reshape(kept).broadcastTo(from)));
  }

  static Tensor mean(Tensor a, int[] axes, boolean keepAxes) {
    Tensor sum = sum(a, axes, keepAxes);
    return sum.dividedBy((double) a.value().size() / sum.value().size());
  }

  static Tensor sumTo(Tensor a, int[] shape) {
    int[] from = a.value().extents;
    if (Arrays.equals(from, shape)) {
      return a;
    }
    return Tape.record("sumTo", a.value().sumTo(shape), wrt(a, (y, g) -> g.broadcastTo(from)));
  }

  static Tensor broadcastTo(Tensor a, int[] shape) {
    int[] from = a.value().extents;
    if (Arrays.equals(from, shape)) {
      return a;
    }
    return Tape.record(
        "broadcastTo", a.value().broadcastTo(shape), wrt(a, (y, g) -> g.sumTo(from)));
  }

  static Tensor reshape(Tensor a, int[] shape) {
    int[] from = a.value().extents;
    if (Arrays.equals(from, shape)) {
      return a;
    }
    return Tape.record("reshape", a.value().reshape(shape), wrt(a, (y, g) -> g.reshape(from)));
  }

  static Tensor transpose(Tensor a, int[] order) {
    int[] back = order.length == 0 ? order : Shapes.inverse(order, a.rank());
    return Tape.record(
        "transpose", a.value().transpose(order), wrt(a, (y, g) -> g.transpose(back)));
  }

  static Tensor slice(Tensor a, int axis, int start, int end) {
    int extent = a.size(axis);
    return Tape.record(
        "slice",
        a.value().slice(axis, start, end),
        wrt(a, (y, g) -> g.pad(axis, start, extent - end)));
  }

  static Tensor pad(Tensor a, int axis, int before, int after) {
    int extent = a.size(axis);
    return Tape.record(
        "pad",
        a.value().pad(axis, before, after),
        wrt(a, (y, g) -> g.slice(axis, before, before + extent)));
  }

  /** C = op(A)·op(B): dA is g·op(B)ᵀ or op(B)·gᵀ, dB is op(A)ᵀ·g or gᵀ·op(A). */
  static Tensor matmul(Tensor a, boolean ta, Tensor b, boolean tb) {
    return Tape.record(
        "matmul",
        MatrixProducts.multiply(a.value(), ta, b.value(), tb),
        wrt(
            a,
            (y, g) ->
                (ta ? matmul(b, tb, g, true) : matmul(g, false, b, !tb)).sumTo(a.value().extents)),
        wrt(
            b,
            (y, g) ->
                (tb ? matmul(g, true, a, ta) : matmul(a, !ta, g, false)).sumTo(b.value().extents)));
  }
}
