package org.tapegrad.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Concatenation;

/** Elements moved, not changed. */
final class ShapeBindings {
  private ShapeBindings() {}

  static void addTo(Binding.Table table) {
    table.one("Concat", call -> Concatenation.concat(call.tensors(), call.integer("axis", 1)));
    table.one("Expand", ShapeBindings::expand);
    table.one("Flatten", ShapeBindings::flatten);
    table.one("Reshape", ShapeBindings::reshape);
    table.one("Slice", ShapeBindings::slice);
    table.many("Split", ShapeBindings::split);
    table.one("Squeeze", ShapeBindings::squeeze);
    table.one("Transpose", call -> call.tensor(0).transpose(call.integers("perm", new int[0])));
    table.one("Unsqueeze", ShapeBindings::unsqueeze);
  }

  /** Tensor and shape are stretched to each other. */
  private static Tensor expand(Call call) {
    Tensor x = call.tensor(0);
    int[] wanted = call.argument(1);
    int[] from = x.shape();
    int[] shape = new int[Math.max(from.length, wanted.length)];
    for (int d = 1; d <= shape.length; d++) {
      int a = d <= from.length ? from[from.length - d] : 1;
      int b = d <= wanted.length ? wanted[wanted.length - d] : 1;
      shape[shape.length - d] = a == 1 ? b : a;
    }
    return x.broadcastTo(shape);
  }

  private static Tensor flatten(Call call) {
    call.converted("flatten as reshape");
    Tensor x = call.tensor(0);
    int axis = call.integer("axis", 1);
    int rows =
        Arrays.stream(x.shape(), 0, axis < 0 ? axis + x.rank() : axis)
            .reduce(1, Math::multiplyExact);
    return x.reshape(rows, x.value().size() / rows);
  }

  /** An size of 0 stands for that of the input, unless allowzero is set. */
  private static Tensor reshape(Call call) {
    Tensor x = call.tensor(0);
    int[] shape = call.argument(1, "shape");
    boolean zeroIsZero = call.integer("allowzero", 0) == 1;
    int[] resolved =
        IntStream.range(0, shape.length)
            .map(d -> shape[d] == 0 && !zeroIsZero ? x.size(d) : shape[d])
            .toArray();
    return x.reshape(resolved);
  }

  /** NumPy's slices: bounds may be negative or too large, steps other than 1 and negative. */
  private static Tensor slice(Call call) {
    Tensor x = call.tensor(0);
    int[] starts = call.argument(1, "starts");
    int[] ends = call.argument(2, "ends");
    int[] axes = call.argument(3, "axes");
    int[] steps = call.argument(4, "steps");
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : axes[i];
      x = slice(call, x, axis, starts[i], ends[i], steps == null ? 1 : steps[i]);
    }
    return x;
  }

  private static Tensor slice(Call call, Tensor x, int axis, int start, int end, int step) {
    int n = x.size(axis);
    int low = step > 0 ? 0 : -1;
    int high = step > 0 ? n : n - 1;
    int from = Math.max(low, Math.min(high, start < 0 ? Math.max(start, -n - 1) + n : start));
    int to = Math.max(low, Math.min(high, end < 0 ? Math.max(end, -n - 1) + n : end));
    if (step == 1) {
      return x.slice(axis, from, Math.max(from, to));
    }
    call.converted("a step as slices of one, joined");
    List<Tensor> parts = new ArrayList<>();
    for (int i = from; step > 0 ? i < to : i > to; i += step) {
      parts.add(x.slice(axis, i, i + 1));
    }
    return Concatenation.concat(parts, axis);
  }

  private static List<Tensor> split(Call call) {
    call.converted("split as slices");
    Tensor x = call.tensor(0);
    int axis = call.integer("axis", 0);
    int[] sizes = call.argument(1, "split");
    if (sizes == null) {
      sizes = new int[call.outputs()];
      Arrays.fill(sizes, x.size(axis) / sizes.length);
    }
    List<Tensor> parts = new ArrayList<>();
    int at = 0;
    for (int size : sizes) {
      parts.add(x.slice(axis, at, at + size));
      at += size;
    }
    return parts;
  }

  private static Tensor squeeze(Call call) {
    call.converted("squeeze as reshape");
    Tensor x = call.tensor(0);
    int[] axes = call.argument(1, "axes");
    int[] ones = IntStream.range(0, x.rank()).filter(d -> x.size(d) == 1).toArray();
    return squeeze(x, axes == null ? ones : axes);
  }

  /** The tensor without the axes, which must have size 1. */
  static Tensor squeeze(Tensor x, int[] axes) {
    List<Integer> gone = IntStream.of(axes).mapToObj(a -> Math.floorMod(a, x.rank())).toList();
    return x.reshape(
        IntStream.range(0, x.rank()).filter(d -> !gone.contains(d)).map(x::size).toArray());
  }

  private static Tensor unsqueeze(Call call) {
    call.converted("unsqueeze as reshape");
    Tensor x = call.tensor(0);
    int[] axes = call.argument(1, "axes");
    int rank = x.rank() + axes.length;
    List<Integer> fresh = IntStream.of(axes).mapToObj(a -> Math.floorMod(a, rank)).toList();
    int[] shape = new int[rank];
    int from = 0;
    for (int d = 0; d < rank; d++) {
      shape[d] = fresh.contains(d) ? 1 : x.size(from++);
    }
    return x.reshape(shape);
  }
}
