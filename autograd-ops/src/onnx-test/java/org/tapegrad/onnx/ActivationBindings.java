package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Softmax;

/** Activations and softmax. */
final class ActivationBindings {
  private ActivationBindings() {}

  static void addTo(Binding.Table table) {
    table.unary("Erf", Activations::erf);
    table.unary("Relu", Activations::relu);
    table.unary("Sigmoid", Activations::sigmoid);
    table.unary("Softplus", Activations::softplus);
    table.unary("Tanh", Activations::tanh);
    table.one("LeakyRelu", call -> Activations.leakyRelu(call.tensor(0), call.real("alpha", 0.01)));
    table.one("Softmax", call -> softmax(call, Softmax::softmax));
    table.one("LogSoftmax", call -> softmax(call, Softmax::logSoftmax));
  }

  /** Before version 13 all axes from the given one on were taken as one. */
  private static Tensor softmax(Call call, BiFunction<Tensor, Integer, Tensor> function) {
    Tensor x = call.tensor(0);
    if (call.opset() >= 13) {
      return function.apply(x, call.integer("axis", -1));
    }
    int axis = Math.floorMod(call.integer("axis", 1), x.rank());
    call.converted("all axes from one on as one");
    int rows = Arrays.stream(x.shape(), 0, axis).reduce(1, Math::multiplyExact);
    return function.apply(x.reshape(rows, -1), 1).reshape(x.shape());
  }
}
