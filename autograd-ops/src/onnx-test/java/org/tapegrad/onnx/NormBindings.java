package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;
import org.tapegrad.ops.Norms;
import org.tapegrad.ops.RunningStatistics;

/** Normalisation. */
final class NormBindings {
  private NormBindings() {}

  static void addTo(Binding.Table table) {
    table.many("BatchNormalization", NormBindings::batchNorm);
    table.one("InstanceNormalization", NormBindings::instanceNorm);
    table.many("LayerNormalization", NormBindings::layerNorm);
    table.one("MeanVarianceNormalization", NormBindings::meanVariance);
  }

  /**
   * In training, version 14 and later move the running variance towards the biased variance b of
   * the batch, ours towards the unbiased one u = b·n/(n - 1): from ours (1-m)·v + m·u comes theirs
   * as (1-m)·v + (ours - (1-m)·v)·(n-1)/n.
   */
  private static List<Tensor> batchNorm(Call call) {
    Tensor x = call.tensor(0);
    Tensor gamma = call.tensor(1);
    Tensor beta = call.tensor(2);
    double eps = call.real("epsilon", 1e-5);
    NdArray mean = call.tensor(3).value().copy();
    NdArray variance = call.tensor(4).value().copy();
    NdArray before = variance.copy();
    boolean training = call.integer("training_mode", 0) == 1;
    double momentum = 1 - call.real("momentum", 0.9);
    RunningStatistics running = new RunningStatistics(mean, variance, NdArray.scalar(0), momentum);
    Tensor y = Norms.batchNorm(x, gamma, beta, eps, running, training);
    if (!training) {
      if (call.outputs() > 1) {
        throw new OutsideException("training batch norm before version 14");
      }
      return List.of(y);
    }
    call.converted("running variance of the biased variance, momentum of the old value");
    double n = (double) x.value().size() / x.size(1);
    NdArray theirs =
        variance.zip(
            before, (ours, v) -> (1 - momentum) * v + (ours - (1 - momentum) * v) * (n - 1) / n);
    return List.of(y, call.tape().constant(mean), call.tape().constant(theirs));
  }

  private static Tensor instanceNorm(Call call) {
    Tensor x = call.tensor(0);
    Tensor gamma = call.tensor(1);
    Tensor beta = call.tensor(2);
    double eps = call.real("epsilon", 1e-5);
    return switch (x.rank()) {
      case 3 -> InstanceNorm.instanceNorm1d(x, gamma, beta, eps);
      case 4 -> InstanceNorm.instanceNorm2d(x, gamma, beta, eps);
      case 5 -> InstanceNorm.instanceNorm3d(x, gamma, beta, eps);
      default -> throw new OutsideException("instance norm of rank " + x.rank());
    };
  }

  private static List<Tensor> layerNorm(Call call) {
    Tensor x = call.tensor(0);
    int axis = Math.floorMod(call.integer("axis", -1), x.rank());
    int[] normalized = Arrays.copyOfRange(x.shape(), axis, x.rank());
    double eps = call.real("epsilon", 1e-5);
    Tensor y = Norms.layerNorm(x, normalized, call.tensor(1), call.tensorOrNull(2), eps);
    if (call.outputs() == 1) {
      return List.of(y);
    }
    call.converted("mean and inverse deviation by arithmetic");
    int[] axes = IntStream.range(axis, x.rank()).toArray();
    Tensor mean = x.meanKeepDims(axes);
    Tensor deviation = x.minus(mean).square().meanKeepDims(axes).plus(eps).sqrt();
    return List.of(y, mean, deviation.pow(-1));
  }

  /** Theirs adds 1e-9 to the deviation, which float32 does not show. */
  private static Tensor meanVariance(Call call) {
    if (!Arrays.equals(call.integers("axes", new int[] {0, 2, 3}), new int[] {0, 2, 3})) {
      throw new OutsideException("mean-variance normalisation over other axes than a channel's");
    }
    call.converted("batch norm without gamma, beta and eps");
    return Norms.batchNorm(call.tensor(0), null, null, 0);
  }
}
