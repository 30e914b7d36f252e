package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;
import static org.tapegrad.optable.OpCase.awayFromZero;
import static org.tapegrad.optable.OpCase.positive;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.optable.OpCase.Input;

/** The arithmetic of {@link Tensor}. */
final class TensorRows {
  private TensorRows() {}

  private static OpCase one(String op, String variant, UnaryOperator<Tensor> f, Input input) {
    return OpCase.of("Tensor." + op, variant, xs -> f.apply(xs.get(0)), input);
  }

  private static OpCase two(String op, String variant, BinaryOperator<Tensor> f, Input a, Input b) {
    return OpCase.of("Tensor." + op, variant, xs -> f.apply(xs.get(0), xs.get(1)), a, b);
  }

  static List<OpCase> rows() {
    return List.of(
        two("plus", "", Tensor::plus, any(2, 3), any(2, 3)),
        two("plus", "broadcast", Tensor::plus, any(2, 1, 3), any(4, 1)),
        two("plus", "scalar", Tensor::plus, any(), any(3)),
        one("plus", "number", x -> x.plus(0.3), any(2, 3)),
        two("minus", "broadcast", Tensor::minus, any(3, 1), any(1, 5)),
        one("minus", "number", x -> x.minus(0.3), any(2, 3)),
        two("times", "", Tensor::times, any(7), any(7)),
        two("times", "broadcast", Tensor::times, any(2, 3, 1), any(3, 5)),
        one("times", "number", x -> x.times(-1.7), any(2, 3)),
        two("dividedBy", "broadcast", Tensor::dividedBy, any(2, 3), positive(3)),
        one("dividedBy", "number", x -> x.dividedBy(0.7), any(5)),
        one("negate", "", Tensor::negate, any(1, 3)),
        one("pow", "number", x -> x.pow(2.5), positive(2, 3)),
        one("pow", "3, negative base", x -> x.pow(3), any(5)),
        two("pow", "tensor", Tensor::pow, positive(2, 3), any(3)),
        one("exp", "", Tensor::exp, any(2, 3)),
        one("log", "", Tensor::log, positive(2, 3)),
        one("sqrt", "", Tensor::sqrt, positive(2, 3)),
        one("square", "", Tensor::square, any(2, 3)),
        one("abs", "", Tensor::abs, awayFromZero(3, 5)),
        one("sin", "", Tensor::sin, any(2, 3)),
        one("cos", "", Tensor::cos, any(2, 3)),
        two("maximum", "", Tensor::maximum, awayFromZero(2, 5), new Input(-0.3, 0.3, 5)),
        two("maximum", "broadcast", Tensor::maximum, awayFromZero(3, 1), new Input(-0.3, 0.3, 4)),
        one("maximum", "number", x -> x.maximum(0.1), awayFromZero(7)),
        one("sum", "all", x -> x.sum(), any(2, 3)),
        one("sum", "axes 0, 2", x -> x.sum(0, 2), any(2, 3, 4)),
        one("sum", "last", x -> x.sum(-1), any(2, 1)),
        one("sumKeepDims", "", x -> x.sumKeepDims(1), any(2, 3, 4)),
        one("mean", "all", x -> x.mean(), any(2, 3)),
        one("mean", "axis 1", x -> x.mean(1), any(2, 3, 4)),
        one("meanKeepDims", "", x -> x.meanKeepDims(0, 2), any(2, 3, 4)),
        one("sumTo", "", x -> x.sumTo(3, 1), any(2, 3, 4)),
        one("broadcastTo", "", x -> x.broadcastTo(2, 3, 4), any(3, 1)),
        one("reshape", "", x -> x.reshape(4, -1), any(2, 3, 2)),
        one("transpose", "reversed", x -> x.transpose(), any(2, 3, 4)),
        one("transpose", "order", x -> x.transpose(2, 0, 1), any(2, 3, 4)),
        one("transpose", "negative axes", x -> x.transpose(0, -2, -1, 1), any(2, 3, 2, 1)),
        one("slice", "", x -> x.slice(1, 1, 3), any(2, 5, 3)),
        one("pad", "", x -> x.pad(-1, 2, 1), any(2, 3)),
        two("matmul", "", Tensor::matmul, any(3, 5), any(5, 2)),
        two("matmul", "batch broadcast", Tensor::matmul, any(2, 1, 3, 4), any(3, 4, 1)),
        two("matmul", "vectors", Tensor::matmul, any(5), any(5)),
        two("matmul", "row", Tensor::matmul, any(3), any(2, 3, 4)),
        two("matmul", "column", (a, b) -> a.matmul(b, true, true), any(2, 3, 4), any(3)),
        two("matmul", "aᵀb", (a, b) -> a.matmul(b, true, false), any(4, 3), any(4, 2)),
        two("matmul", "abᵀ", (a, b) -> a.matmul(b, false, true), any(3, 4), any(2, 4)),
        two("matmul", "aᵀbᵀ", (a, b) -> a.matmul(b, true, true), any(4, 3), any(2, 4)));
  }
}
