package org.tapegrad.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tapegrad.Tensor;

/** An operator of ONNX in terms of ours. */
interface Binding {
  /** The outputs, as many as the node has names for. */
  List<Value> apply(Call call);

  /** All operators that are bound, by name. */
  static Map<String, Binding> all() {
    Table table = new Table();
    ArithmeticBindings.addTo(table);
    ActivationBindings.addTo(table);
    ReductionBindings.addTo(table);
    ShapeBindings.addTo(table);
    ConvolutionBindings.addTo(table);
    PoolingBindings.addTo(table);
    PaddingBindings.addTo(table);
    ResizeBindings.addTo(table);
    NormBindings.addTo(table);
    LossBindings.addTo(table);
    TrainingBindings.addTo(table);
    return Map.copyOf(table.bindings);
  }

  /** Bindings being gathered. */
  final class Table {
    private final Map<String, Binding> bindings = new HashMap<>();

    void add(String op, Binding binding) {
      if (bindings.put(op, binding) != null) {
        throw new IllegalStateException(op + " is bound twice");
      }
    }

    /** An operator with one output. */
    void one(String op, Function<Call, Tensor> function) {
      add(op, call -> List.of(new Value(function.apply(call))));
    }

    /** An operator with any number of outputs. */
    void many(String op, Function<Call, List<Tensor>> function) {
      add(op, call -> function.apply(call).stream().map(Value::new).toList());
    }

    /** A function of one tensor and nothing else. */
    void unary(String op, UnaryOperator<Tensor> function) {
      one(op, call -> function.apply(call.tensor(0)));
    }

    /** A function of two tensors, broadcast. */
    void binary(String op, BinaryOperator<Tensor> function) {
      one(op, call -> function.apply(call.tensor(0), call.tensor(1)));
    }
  }
}
