package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Selection;

/** Elementwise arithmetic, choices and matrix products. */
final class ArithmeticBindings {
  private ArithmeticBindings() {}

  static void addTo(Binding.Table table) {
    table.unary("Abs", Tensor::abs);
    table.unary("Cos", Tensor::cos);
    table.unary("Exp", Tensor::exp);
    table.unary("Log", Tensor::log);
    table.unary("Neg", Tensor::negate);
    table.unary("Sin", Tensor::sin);
    table.unary("Sqrt", Tensor::sqrt);
    table.one("Reciprocal", ArithmeticBindings::reciprocal);
    table.one("Add", call -> broadcast(call, Tensor::plus));
    table.one("Sub", call -> broadcast(call, Tensor::minus));
    table.one("Mul", call -> broadcast(call, Tensor::times));
    table.one("Div", ArithmeticBindings::divide);
    table.one("Pow", ArithmeticBindings::pow);
    table.one("Max", call -> fold(call, Tensor::maximum));
    table.one("Min", ArithmeticBindings::minimum);
    table.one("Sum", call -> fold(call, Tensor::plus));
    table.one("Mean", call -> fold(call, Tensor::plus).dividedBy(call.inputs()));
    table.one("Clip", ArithmeticBindings::clip);
    table.one(
        "Where",
        call -> Selection.where(call.input(0).data().array(), call.tensor(1), call.tensor(2)));
    table.one("Gemm", ArithmeticBindings::gemm);
    table.binary("MatMul", Tensor::matmul);
    table.add("Identity", call -> List.of(call.input(0)));
    table.add("Constant", call -> List.of(new Value(call.tape(), constant(call))));
  }

  private static Tensor reciprocal(Call call) {
    call.converted("1 / x");
    Tensor x = call.tensor(0);
    return call.tape().constant(NdArray.ones(x.dtype())).dividedBy(x);
  }

  /** Before version 7 the axis at which b's shape begins could be given. */
  private static Tensor broadcast(Call call, BinaryOperator<Tensor> function) {
    Tensor a = call.tensor(0);
    Tensor b = call.tensor(1);
    if (call.hasAttribute("axis")) {
      int axis = call.integer("axis", 0);
      int[] shape = Arrays.copyOf(b.shape(), a.rank() - axis);
      Arrays.fill(shape, b.rank(), shape.length, 1);
      b = b.reshape(shape);
    }
    return function.apply(a, b);
  }

  private static Tensor divide(Call call) {
    Tensor quotient = broadcast(call, Tensor::dividedBy);
    if (call.input(0).isWhole()) {
      call.converted("whole part of a quotient");
      return call.tape().constant(quotient.value().map(v -> v < 0 ? Math.ceil(v) : Math.floor(v)));
    }
    return quotient;
  }

  private static Tensor pow(Call call) {
    Tensor base = call.tensor(0);
    Tensor exponent = call.tensor(1);
    if (exponent.dtype() != base.dtype()) {
      call.converted("exponent in the type of the base");
      exponent = call.tape().constant(exponent.value().to(base.dtype()));
    }
    return base.pow(exponent);
  }

  private static Tensor fold(Call call, BinaryOperator<Tensor> function) {
    if (call.inputs() != 2) {
      call.converted("any number of operands, two by two");
    }
    return call.tensors().stream().reduce(function).orElseThrow();
  }

  private static Tensor minimum(Call call) {
    call.converted("minimum as -maximum(-a, -b)");
    return call.tensors().stream()
        .map(Tensor::negate)
        .reduce(Tensor::maximum)
        .orElseThrow()
        .negate();
  }

  /** The bounds are inputs, before version 11 attributes, and each may be absent. */
  private static Tensor clip(Call call) {
    double min = bound(call, 1, "min", Double.NEGATIVE_INFINITY);
    double max = bound(call, 2, "max", Double.POSITIVE_INFINITY);
    return Selection.clamp(call.tensor(0), min, max);
  }

  private static double bound(Call call, int input, String attribute, double absent) {
    return call.hasInput(input) ? call.tensor(input).item() : call.real(attribute, absent);
  }

  private static Tensor gemm(Call call) {
    boolean transposeA = call.integer("transA", 0) == 1;
    boolean transposeB = call.integer("transB", 0) == 1;
    Tensor product = call.tensor(0).matmul(call.tensor(1), transposeA, transposeB);
    Tensor y = product.times(call.real("alpha", 1));
    return call.hasInput(2) ? y.plus(call.tensor(2).times(call.real("beta", 1))) : y;
  }

  private static TensorData constant(Call call) {
    if (call.hasAttribute("value")) {
      return call.constant("value");
    }
    if (call.hasAttribute("value_float")) {
      return TensorData.of(new double[] {call.real("value_float", 0)});
    }
    if (call.hasAttribute("value_floats")) {
      double[] values = call.reals("value_floats");
      return TensorData.of(values, values.length);
    }
    if (call.hasAttribute("value_int")) {
      return TensorData.of(new long[] {call.integer("value_int", 0)});
    }
    if (call.hasAttribute("value_ints")) {
      int[] values = call.integers("value_ints", null);
      return TensorData.of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }
    throw new OutsideException("constants that are no dense numbers");
  }
}
