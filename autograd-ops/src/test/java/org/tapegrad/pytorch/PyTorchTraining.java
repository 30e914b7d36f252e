package org.tapegrad.pytorch;

import static org.tapegrad.pytorch.PyTorchValuesTest.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Gradients;
import org.tapegrad.optim.LRScheduler;
import org.tapegrad.optim.Optimizer;
import org.tapegrad.optim.SGD;

/** Steps of optimisers, clipped gradients and schedules against those of PyTorch. */
final class PyTorchTraining {
  private PyTorchTraining() {}

  static void optimiser(PyTorchCase c) {
    double tolerance = c.dtype() == DType.FLOAT64 ? 1e-13 : 1e-6;
    List<Parameter> parameters = new ArrayList<>();
    for (String name : c.inputs()) {
      parameters.add(new Parameter(name, c.tensor("input/" + name).copy()));
    }
    Optimizer optimiser = optimiser(c, parameters);
    int steps = c.tensor("gradients/" + c.inputs().get(0)).size(0);
    for (int step = 0; step < steps; step++) {
      List<NdArray> gradients = new ArrayList<>();
      for (Parameter p : parameters) {
        gradients.add(nth(c.tensor("gradients/" + p.name()), step));
      }
      optimiser.step(gradients);
      for (Parameter p : parameters) {
        NdArray expected = nth(c.tensor("steps/" + p.name()), step);
        assertClose(expected, p.value(), tolerance, p.name() + " after step " + (step + 1));
      }
    }
  }

  private static NdArray nth(NdArray a, int i) {
    NdArray one = a.slice(0, i, i + 1);
    int[] shape = Arrays.copyOfRange(one.shape(), 1, one.rank());
    return one.reshape(shape);
  }

  private static Optimizer optimiser(PyTorchCase c, List<Parameter> parameters) {
    double rate = c.number("lr");
    double decay = c.hasArg("weight_decay") ? c.number("weight_decay") : 0;
    if (c.op().equals("SGD")) {
      return new SGD(
          parameters,
          rate,
          SGD.Options.DEFAULT
              .withMomentum(c.hasArg("momentum") ? c.number("momentum") : 0)
              .withDampening(c.hasArg("dampening") ? c.number("dampening") : 0)
              .withNesterov(c.flag("nesterov"))
              .withWeightDecay(decay));
    }
    double[] betas = c.numbers("betas");
    Adam.Options options =
        Adam.Options.DEFAULT
            .withBetas(betas[0], betas[1])
            .withEps(c.number("eps"))
            .withWeightDecay(decay);
    return switch (c.op()) {
      case "Adam" -> new Adam(parameters, rate, options);
      case "AdamW" -> Adam.adamW(parameters, rate, options);
      default -> throw new AssertionError("no optimiser is bound to " + c.op());
    };
  }

  static void clip(PyTorchCase c) {
    List<NdArray> gradients = c.inputs().stream().map(n -> c.tensor("input/" + n)).toList();
    assertClose(c.tensor("norm"), NdArray.scalar(Gradients.norm(gradients)), 1e-14, "norm");
    List<NdArray> clipped = Gradients.clipGradNorm(gradients, c.number("max_norm"));
    for (int i = 0; i < gradients.size(); i++) {
      String name = c.inputs().get(i);
      assertClose(c.tensor("clipped/" + name), clipped.get(i), 1e-14, name);
    }
  }

  static void schedule(PyTorchCase c) {
    Optimizer optimiser = new SGD(List.of(), c.number("lr"));
    LRScheduler schedule =
        switch (c.op()) {
          case "StepLR" -> LRScheduler.stepLR(optimiser, c.integer("step_size"), c.number("gamma"));
          case "CosineAnnealingLR" ->
              LRScheduler.cosineAnnealingLR(optimiser, c.integer("T_max"), c.number("eta_min"));
          default -> throw new AssertionError("no schedule is bound to " + c.op());
        };
    NdArray rates = c.tensor("learning_rates");
    for (int i = 0; i < rates.size(); i++) {
      NdArray rate = NdArray.scalar(optimiser.learningRate());
      assertClose(NdArray.scalar(rates.get(i)), rate, 1e-14, "rate " + i);
      schedule.step();
    }
  }
}
