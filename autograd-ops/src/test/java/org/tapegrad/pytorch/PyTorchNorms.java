package org.tapegrad.pytorch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.BatchNorm2d;
import org.tapegrad.nn.InstanceNorm2d;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Parameter;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;
import org.tapegrad.ops.RunningStatistics;
import org.tapegrad.ops.StyleNorm;
import org.tapegrad.pytorch.PyTorchOps.Call;

/** The normalising ops and layers that are meant by the names in the cases. */
final class PyTorchNorms {
  private PyTorchNorms() {}

  static void bindTo(Map<String, Function<Call, Tensor>> ops) {
    ops.put(
        "instanceNorm2d",
        c -> InstanceNorm.instanceNorm2d(c.x(), c.input("gamma"), c.input("beta"), eps(c)));
    ops.put(
        "instanceNorm",
        c ->
            c.x().rank() == 3
                ? InstanceNorm.instanceNorm1d(c.x(), c.input("gamma"), c.input("beta"), eps(c))
                : InstanceNorm.instanceNorm3d(c.x(), c.input("gamma"), c.input("beta"), eps(c)));
    ops.put(
        "batchNorm",
        c ->
            Norms.batchNorm(
                c.x(),
                c.input("weight"),
                c.input("bias"),
                eps(c),
                running(c),
                c.args().flag("training")));
    ops.put(
        "groupNorm",
        c ->
            Norms.groupNorm(
                c.x(), c.args().integer("num_groups"), c.input("weight"), c.input("bias"), eps(c)));
    ops.put(
        "layerNorm",
        c -> Norms.layerNorm(c.x(), shape(c), c.input("weight"), c.input("bias"), eps(c)));
    ops.put("rmsNorm", c -> Norms.rmsNorm(c.x(), shape(c), c.input("weight"), eps(c)));
    ops.put(
        "adaptiveInstanceNorm",
        c -> StyleNorm.adaptiveInstanceNorm(c.input("content"), c.input("style"), eps(c)));
    ops.put(
        "InstanceNorm2d",
        c -> through(new InstanceNorm2d(c.x().dtype(), c.x().size(-3), options(c)), c));
    ops.put(
        "BatchNorm2d", c -> through(new BatchNorm2d(c.x().dtype(), c.x().size(-3), options(c)), c));
  }

  private static double eps(Call c) {
    return c.args().number("eps");
  }

  private static int[] shape(Call c) {
    return c.args().integers("normalized_shape");
  }

  private static Double momentum(Call c) {
    return c.args().hasArg("momentum") ? c.args().number("momentum") : null;
  }

  private static RunningStatistics running(Call c) {
    return new RunningStatistics(
        c.state().get("running_mean"),
        c.state().get("running_var"),
        NdArray.zeros(c.x().dtype()),
        momentum(c));
  }

  private static InstanceNorm2d.Options options(Call c) {
    return new InstanceNorm2d.Options(eps(c), momentum(c), c.input("weight") != null, true);
  }

  /** The layer's output, with weight, bias and running statistics of the case; updates both. */
  private static Tensor through(Module layer, Call c) {
    Map<String, NdArray> state = new LinkedHashMap<>(c.state());
    c.inputs().forEach((name, tensor) -> state.put(name, tensor.value()));
    state.remove("x");
    layer.load(state);
    if (!c.args().flag("training")) {
      layer.eval();
    }
    Tensor y = layer.forward(c.x());
    for (Parameter p : layer.parameters()) {
      c.inputs().put(p.name(), c.x().tape().variable(p));
    }
    c.state().replaceAll((name, before) -> layer.state().get(name));
    return y;
  }
}
