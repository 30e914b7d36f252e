package org.tapegrad.optable;

import static org.tapegrad.optable.OpCase.any;
import static org.tapegrad.optable.OpCase.awayFromZero;
import static org.tapegrad.optable.OpCase.positive;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Softmax;
import org.tapegrad.optable.OpCase.Input;

/** Activations and softmax. */
final class PointwiseRows {
  private static final Input NEGATIVE = new Input(-2, -0.5, 2, 3);

  private PointwiseRows() {}

  private static OpCase activation(
      String op, String variant, UnaryOperator<Tensor> f, Input input) {
    return OpCase.of("Activations." + op, variant, xs -> f.apply(xs.get(0)), input);
  }

  static List<OpCase> rows() {
    return List.of(
        activation("relu", "", Activations::relu, awayFromZero(2, 7)),
        activation("leakyRelu", "", Activations::leakyRelu, awayFromZero(2, 7)),
        activation("leakyRelu", "slope", x -> Activations.leakyRelu(x, 0.2), awayFromZero(7)),
        activation("sigmoid", "", Activations::sigmoid, any(2, 3)),
        activation("tanh", "", Activations::tanh, any(2, 3)),
        activation("silu", "", Activations::silu, any(2, 3)),
        activation("elu", "", Activations::elu, awayFromZero(2, 5)),
        activation("elu", "alpha", x -> Activations.elu(x, 0.3), awayFromZero(5)),
        activation("rsqrt", "", Activations::rsqrt, positive(2, 3)),
        activation("softplus", "", Activations::softplus, any(2, 3)),
        activation("softplus", "options", x -> Activations.softplus(x, 2, 1), positive(5)),
        activation("softplus", "below", x -> Activations.softplus(x, 2, 1), NEGATIVE),
        activation("erf", "", Activations::erf, any(2, 3)),
        activation("gelu", "", Activations::gelu, any(2, 3)),
        activation("geluTanh", "", Activations::geluTanh, any(2, 3)),
        softmax("softmax", "last", x -> Softmax.softmax(x, -1)),
        softmax("softmax", "middle", x -> Softmax.softmax(x, 1)),
        softmax("logSoftmax", "last", x -> Softmax.logSoftmax(x, 2)),
        softmax("logSoftmax", "first", x -> Softmax.logSoftmax(x, 0)));
  }

  private static OpCase softmax(String op, String variant, UnaryOperator<Tensor> f) {
    return OpCase.of("Softmax." + op, variant, xs -> f.apply(xs.get(0)), any(2, 3, 5));
  }
}
