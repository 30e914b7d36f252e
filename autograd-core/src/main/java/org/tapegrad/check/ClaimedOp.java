package org.tapegrad.check;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * A function of plain arrays {@code x[input][element]} with its claimed vector-Jacobian products,
 * as an operation on a tape. Its gradient is numbers, not tensors, so it is not differentiable
 * again.
 */
record ClaimedOp(
    Function<double[][], double[]> function,
    BiFunction<double[][], double[], double[][]> pullback) {

  Tensor record(List<Tensor> inputs, List<String> names) {
    double[][] x = copy(inputs);
    double[] y = function.apply(x);
    if (y == null) {
      throw new IllegalArgumentException("the function must return an array, returned null");
    }
    requireUntouched(x, inputs, names, "the function");
    Pullback[] wrt = new Pullback[x.length];
    for (int b = 0; b < x.length; b++) {
      wrt[b] = Pullback.wrt(inputs.get(b), ClaimedOp::refuse);
    }
    return Tape.recordFused(
        "claimed", null, NdArray.of(y, y.length), (g, all) -> gradients(inputs, names, g), wrt);
  }

  private static Tensor refuse(Tensor y, Tensor g) {
    throw new IllegalStateException("a claimed gradient of plain arrays has no gradient itself");
  }

  private NdArray[] gradients(List<Tensor> inputs, List<String> names, NdArray g) {
    double[][] x = copy(inputs);
    double[] cotangent = g.toDoubleArray();
    double[][] gradients = pullback.apply(x, cotangent);
    requireUntouched(x, inputs, names, "the gradient");
    if (!Arrays.equals(cotangent, g.toDoubleArray())) {
      throw new MisbehaviourException(
          Verdict.Fault.INPUT_CHANGED, "the gradient changed the cotangent it was given");
    }
    if (gradients == null || gradients.length != x.length) {
      throw new MisbehaviourException(
          Verdict.Fault.WRONG_NUMBER_OF_GRADIENTS,
          "expected one gradient for each of "
              + x.length
              + " inputs, got "
              + (gradients == null ? "null" : gradients.length));
    }
    NdArray[] results = new NdArray[x.length];
    for (int b = 0; b < x.length; b++) {
      if (gradients[b] == null || gradients[b].length != x[b].length) {
        throw new MisbehaviourException(
            Verdict.Fault.WRONG_SHAPE,
            "the gradient of %s must have %d elements, %s"
                .formatted(
                    names.get(b),
                    x[b].length,
                    gradients[b] == null ? "was null" : "had " + gradients[b].length));
      }
      results[b] = NdArray.of(gradients[b], inputs.get(b).shape());
    }
    return results;
  }

  private static double[][] copy(List<Tensor> inputs) {
    double[][] x = new double[inputs.size()][];
    for (int b = 0; b < x.length; b++) {
      x[b] = inputs.get(b).value().toDoubleArray();
    }
    return x;
  }

  private static void requireUntouched(
      double[][] given, List<Tensor> inputs, List<String> names, String who) {
    for (int b = 0; b < given.length; b++) {
      if (!ScalarFunction.holds(inputs.get(b), given[b])) {
        throw new MisbehaviourException(
            Verdict.Fault.INPUT_CHANGED, who + " changed its argument " + names.get(b));
      }
    }
  }
}
