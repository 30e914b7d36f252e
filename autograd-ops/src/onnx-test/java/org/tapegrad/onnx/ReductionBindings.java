package org.tapegrad.onnx;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;

/** Sums and means over axes, and what is made of them. */
final class ReductionBindings {
  private ReductionBindings() {}

  /** A sum or mean over axes, which stay with size 1. */
  private interface Reduction {
    Tensor apply(Tensor x, int... axes);
  }

  static void addTo(Binding.Table table) {
    table.one("ReduceMean", call -> reduce(call, call.tensor(0), Tensor::meanKeepDims));
    table.one("ReduceSum", call -> reduce(call, call.tensor(0), Tensor::sumKeepDims));
    sum(table, "ReduceL1", Tensor::abs, Function.identity());
    sum(table, "ReduceL2", Tensor::square, Tensor::sqrt);
    sum(table, "ReduceLogSum", UnaryOperator.identity(), Tensor::log);
    sum(table, "ReduceLogSumExp", Tensor::exp, Tensor::log);
    sum(table, "ReduceSumSquare", Tensor::square, Function.identity());
  }

  private static void sum(
      Binding.Table table,
      String op,
      UnaryOperator<Tensor> before,
      Function<Tensor, Tensor> after) {
    table.one(
        op,
        call -> {
          call.converted("composed of a sum and elementwise functions");
          Tensor x = before.apply(call.tensor(0));
          return after.apply(reduce(call, x, Tensor::sumKeepDims));
        });
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
