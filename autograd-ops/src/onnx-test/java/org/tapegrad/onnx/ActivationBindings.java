package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Activations;
import org.tapegrad.ops.Selection;
import org.tapegrad.ops.Softmax;

/** Activations and softmax. */
final class ActivationBindings {
  private ActivationBindings() {}

  static void addTo(Binding.Table table) {
    table.one("Celu", ActivationBindings::celu);
    table.one("Elu", call -> Activations.elu(call.tensor(0), call.real("alpha", 1)));
    table.unary("Erf", Activations::erf);
    table.one("HardSigmoid", call -> hardSigmoid(call, call.real("alpha", 0.2), 0.5));
    table.one("HardSwish", call -> call.tensor(0).times(hardSigmoid(call, 1 / 6.0, 0.5)));
    table.one("PRelu", ActivationBindings::prelu);
    table.unary("Relu", Activations::relu);
    table.one("Selu", ActivationBindings::selu);
    table.unary("Sigmoid", Activations::sigmoid);
    table.unary("Softplus", Activations::softplus);
    table.unary("Tanh", Activations::tanh);
    table.one("ThresholdedRelu", ActivationBindings::thresholded);
    table.one("LeakyRelu", call -> Activations.leakyRelu(call.tensor(0), call.real("alpha", 0.01)));
    table.one("Softmax", call -> softmax(call, Softmax::softmax));
    table.one("LogSoftmax", call -> softmax(call, Softmax::logSoftmax));
  }

  private static Tensor celu(Call call) {
    call.converted("composed of elu and products");
    double alpha = call.real("alpha", 1);
    return Activations.elu(call.tensor(0).dividedBy(alpha)).times(alpha);
  }

  private static Tensor selu(Call call) {
    call.converted("composed of elu and products");
    double alpha = call.real("alpha", 1.67326319217681884765625);
    return Activations.elu(call.tensor(0), alpha)
        .times(call.real("gamma", 1.05070102214813232421875));
  }

  private static Tensor hardSigmoid(Call call, double alpha, double beta) {
    call.converted("composed of clamp and arithmetic");
    return Selection.clamp(call.tensor(0).times(alpha).plus(call.real("beta", beta)), 0, 1);
  }

  private static Tensor prelu(Call call) {
    call.converted("composed of where and a product");
    Tensor x = call.tensor(0);
    Tensor slope = call.tensor(1);
    if (call.opset() < 7) { // one per channel
      int[] shape = new int[x.rank() - 1];
      Arrays.fill(shape, 1);
      shape[0] = slope.value().size();
      slope = slope.reshape(shape);
    }
    return Selection.where(x.value().greater(0), x, x.times(slope));
  }

  private static Tensor thresholded(Call call) {
    call.converted("composed of where and a constant");
    Tensor x = call.tensor(0);
    Tensor zero = x.tape().constant(NdArray.zeros(x.dtype()));
    return Selection.where(x.value().greater(call.real("alpha", 1)), x, zero);
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
