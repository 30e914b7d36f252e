package org.tapegrad.onnx;

import org.tapegrad.Tensor;
import org.tapegrad.ops.Reductions;
import org.tapegrad.ops.VectorNorm;

/** Reductions over axes, and what is made of them. */
final class ReductionBindings {
  private ReductionBindings() {}

  /** A sum or mean over axes, which stay with size 1. */
  private interface Reduction {
    Tensor apply(Tensor x, int... axes);
  }

  static void addTo(Binding.Table table) {
    table.one("ReduceMean", call -> reduce(call, call.tensor(0), Tensor::meanKeepDims));
    table.one("ReduceSum", call -> reduce(call, call.tensor(0), Tensor::sumKeepDims));
    reduction(table, "ReduceMax", Reductions::amax);
    reduction(table, "ReduceMin", Reductions::amin);
    reduction(table, "ReduceProd", Reductions::prod);
    reduction(table, "ReduceL1", (x, axes, keep) -> VectorNorm.norm(x, 1, axes, keep));
    reduction(table, "ReduceL2", (x, axes, keep) -> VectorNorm.norm(x, 2, axes, keep));
    reduction(table, "ReduceLogSumExp", Reductions::logSumExp);
    table.one("ReduceLogSum", call -> sum(call, call.tensor(0)).log());
    table.one("ReduceSumSquare", call -> sum(call, call.tensor(0).square()));
    table.one("CumSum", ReductionBindings::cumsum);
  }

  /** A reduction over axes that stay, if asked for, with size 1. */
  private interface Kept {
    Tensor apply(Tensor x, int[] axes, boolean keepDims);
  }

  private static void reduction(Binding.Table table, String op, Kept function) {
    table.one(op, call -> reduce(call, call.tensor(0), (x, axes) -> function.apply(x, axes, true)));
  }

  private static Tensor sum(Call call, Tensor x) {
    call.converted("composed of a sum and an elementwise function");
    return reduce(call, x, Tensor::sumKeepDims);
  }

  private static Tensor cumsum(Call call) {
    Tensor x = call.tensor(0);
    int axis = call.argument(1)[0];
    Tensor sums = Reductions.cumsum(x, axis);
    if (call.integer("reverse", 0) == 1) {
      call.converted("sums from the end by those from the start");
      sums = x.sumKeepDims(axis).minus(sums).plus(x);
    }
    if (call.integer("exclusive", 0) == 1) {
      call.converted("sums without the element itself by a difference");
      sums = sums.minus(x);
    }
    return sums;
  }

  private static Tensor reduce(Call call, Tensor x, Reduction reduction) {
    int[] axes = call.argument(1, "axes");
    if (axes == null) {
      axes = new int[0];
    }
    if (axes.length == 0 && call.integer("noop_with_empty_axes", 0) == 1) {
      return x;
    }
    Tensor y = reduction.apply(x, axes);
    if (call.integer("keepdims", 1) == 1) {
      return y;
    }
    return axes.length == 0 ? y.reshape() : ShapeBindings.squeeze(y, axes);
  }
}
