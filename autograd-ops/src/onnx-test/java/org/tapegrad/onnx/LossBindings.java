package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Losses;
import org.tapegrad.ops.Reduction;
import org.tapegrad.ops.Softmax;

/** Losses of classes, of x[N, C, ...] and one class per [N, ...]. */
final class LossBindings {
  private LossBindings() {}

  static void addTo(Binding.Table table) {
    table.many("SoftmaxCrossEntropyLoss", LossBindings::crossEntropy);
    table.one("NegativeLogLikelihoodLoss", LossBindings::likelihood);
  }

  private static List<Tensor> crossEntropy(Call call) {
    Targets targets = new Targets(call);
    Tensor rows = rows(call, call.tensor(0));
    Tensor losses = Losses.crossEntropy(rows, targets.classes, 0, Reduction.NONE);
    Tensor loss = targets.reduce(losses.times(targets.weights(rows)));
    if (call.outputs() == 1) {
      return List.of(loss);
    }
    return List.of(loss, Softmax.logSoftmax(call.tensor(0), 1));
  }

  /** There is no such op of ours: minus the product with the targets as a matrix of 0 and 1. */
  private static Tensor likelihood(Call call) {
    call.converted("likelihood of a class as product with a matrix of 0 and 1");
    Targets targets = new Targets(call);
    Tensor rows = rows(call, call.tensor(0));
    double[] chosen = new double[rows.value().size()];
    for (int i = 0; i < targets.classes.length; i++) {
      chosen[i * rows.size(1) + targets.classes[i]] = -1;
    }
    NdArray matrix = NdArray.of(chosen, rows.shape()).to(rows.dtype());
    Tensor losses = rows.times(call.tape().constant(matrix)).sum(1);
    return targets.reduce(losses.times(targets.weights(rows)));
  }

  /** x[N, C, ...] as [M, C]. */
  private static Tensor rows(Call call, Tensor x) {
    if (x.rank() == 2) {
      return x;
    }
    call.converted("classes of pixels as rows");
    int rank = x.rank();
    int[] order = IntStream.range(0, rank).map(d -> d == 0 ? 0 : d % (rank - 1) + 1).toArray();
    return x.transpose(order).reshape(-1, x.size(1));
  }

  /** The right classes, with the weights of classes and the one to ignore, which may be none. */
  private static final class Targets {
    private final Call call;
    private final int[] shape;
    private final int[] classes;
    private final double[] weights;

    Targets(Call call) {
      this.call = call;
      TensorData data = call.input(1).data();
      shape = data.shape();
      long[] given = data.wholeNumbers();
      call.converted("whole numbers of an input as arguments");
      boolean ignores = call.hasAttribute("ignore_index");
      int ignored = call.integer("ignore_index", 0);
      if (ignores) {
        call.converted("ignored classes by weight 0");
      }
      double[] perClass = null;
      if (call.hasInput(2)) {
        call.converted("weights of classes by product");
        perClass = call.tensor(2).value().toDoubleArray();
      }
      classes =
          LongStream.of(given)
              .mapToInt(k -> ignores && k == ignored ? 0 : Math.toIntExact(k))
              .toArray();
      weights = new double[given.length];
      for (int i = 0; i < given.length; i++) {
        double weight = perClass == null ? 1 : perClass[classes[i]];
        weights[i] = ignores && given[i] == ignored ? 0 : weight;
      }
    }

    Tensor weights(Tensor rows) {
      return call.tape().constant(NdArray.of(weights, weights.length).to(rows.dtype()));
    }

    /** A mean divides by the sum of weights. */
    Tensor reduce(Tensor losses) {
      return switch (call.string("reduction", "mean")) {
        case "mean" -> losses.sum().dividedBy(Arrays.stream(weights).sum());
        case "sum" -> losses.sum();
        default -> losses.reshape(shape);
      };
    }
  }
}
