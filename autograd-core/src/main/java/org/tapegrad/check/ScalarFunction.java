package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/**
 * The scalar {@code sum over outputs of cotangent · output} of a program on tensors, with the
 * tape's gradient as the claim.
 */
final class ScalarFunction {
  private final TensorProgram program;
  private final List<NdArray> cotangents;
  private final double[][] weights;
  private final int[][] shapes;
  private final double[][] point;
  private final double rounding;
  private double lower = Double.NEGATIVE_INFINITY;
  private double upper = Double.POSITIVE_INFINITY;

  /**
   * The last computation that was differentiated; asking again at the same point must reuse it and
   * find it unharmed.
   */
  private double[][] lastPoint;

  private Tape lastTape;
  private List<Tensor> lastInputs;
  private List<Tensor> lastOutputs;
  private String thrown = "";

  ScalarFunction(TensorProgram program, List<NdArray> cotangents, double rounding) {
    this.program = program;
    this.cotangents = cotangents;
    this.weights = cotangents.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    this.shapes = program.point().stream().map(NdArray::shape).toArray(int[][]::new);
    this.point = program.point().stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    this.rounding = rounding;
  }

  /** Keeps all steps within these bounds. */
  ScalarFunction within(double low, double high) {
    lower = low;
    upper = high;
    return this;
  }

  /** The number of inputs. */
  int inputs() {
    return point.length;
  }

  /** The name of an input, for reports. */
  String name(int input) {
    return program.names().get(input);
  }

  /** The element at a flat index, for reports; see {@link TensorProgram#element}. */
  String element(int input, int index) {
    return program.element(input, index);
  }

  /** What a sum or mean may run over: an input, an axis of it, or all outputs; 3 at least. */
  int[] counts(int input) {
    int outputs = Arrays.stream(weights).mapToInt(w -> w.length).sum();
    IntStream sizes = IntStream.of(point[input].length, outputs);
    return IntStream.concat(sizes, Arrays.stream(shapes[input])).filter(n -> n > 2).toArray();
  }

  /** The point of the check; the caller may keep but not change it. */
  double[] point(int input) {
    return point[input];
  }

  /** The function's value; {@code x[input][element]} is not changed and not kept. */
  double value(double[][] x) {
    Tape tape = new Tape();
    List<Tensor> inputs = lift(tape, x);
    List<NdArray> outputs = program.values(tape, inputs);
    requireUntouched(inputs, x, "the function");
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < weights.length; i++) {
      NdArray y = outputs.get(i);
      if (y.size() != weights[i].length) {
        throw new IllegalArgumentException(
            "the function returned "
                + y.describe()
                + " here and "
                + cotangents.get(i).describe()
                + " at the point of the check");
      }
      double[] elements = (double[]) y.to(DType.FLOAT64).data();
      for (int j = 0; j < weights[i].length; j++) {
        sum.addProduct(elements[j], weights[i][j]);
      }
    }
    return sum.value();
  }

  /** The value, NaN where the bounds are left or the function throws. */
  double valueAround(double[][] x) {
    for (double[] input : x) {
      for (double v : input) {
        if (v < lower || v > upper) {
          return Double.NaN;
        }
      }
    }
    try {
      return value(x);
    } catch (MisbehaviourException e) {
      throw e;
    } catch (RuntimeException e) {
      thrown = "the function threw " + e + " at " + program.where(x, point);
      return Double.NaN;
    }
  }

  /** Where the function threw last, in words; empty if it did not. */
  String thrown() {
    return thrown;
  }

  private List<Tensor> lift(Tape tape, double[][] x) {
    List<NdArray> arrays = new ArrayList<>(x.length);
    for (int b = 0; b < x.length; b++) {
      arrays.add(NdArray.of(x[b], shapes[b]));
    }
    return program.lift(tape, arrays);
  }

  /** The claimed gradient, one array per input and as long as that input. */
  double[][] gradient(double[][] x) {
    if (lastPoint == null || !Arrays.deepEquals(lastPoint, x)) {
      lastPoint = null; // until all that follows is of the new point
      lastTape = new Tape();
      lastInputs = lift(lastTape, x);
      lastOutputs = program.run(lastTape, lastInputs);
      lastPoint = Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
    }
    List<NdArray> gradients;
    try {
      gradients = lastTape.vjp(lastOutputs, cotangents, lastInputs);
    } catch (ShapeException e) {
      throw new MisbehaviourException(Verdict.Fault.WRONG_SHAPE, e.getMessage());
    } catch (IllegalStateException e) {
      requireUntouched(lastInputs, x, "the function or its gradient");
      throw new MisbehaviourException(Verdict.Fault.BACKWARD_FAILED, e.getMessage());
    } catch (MisbehaviourException e) {
      throw e;
    } catch (RuntimeException e) {
      throw program.threw("the gradient", x, e);
    }
    requireUntouched(lastInputs, x, "the gradient");
    return gradients.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
  }

  /** The claim at a point close to another, or there if the function throws at this one. */
  double[][] gradientAround(double[][] near, double[][] x) {
    try {
      return gradient(near);
    } catch (MisbehaviourException e) {
      throw e;
    } catch (RuntimeException e) {
      return gradient(x);
    }
  }

  private void requireUntouched(List<Tensor> inputs, double[][] x, String who) {
    for (int b = 0; b < x.length; b++) {
      if (!holds(inputs.get(b), x[b])) {
        throw new MisbehaviourException(
            Verdict.Fault.INPUT_CHANGED, who + " changed its input " + name(b));
      }
    }
  }

  /** Whether the tensor's elements are those of the array. */
  static boolean holds(Tensor tensor, double[] x) {
    double[] elements = (double[]) tensor.value().data();
    return Arrays.equals(elements, 0, tensor.value().size(), x, 0, x.length);
  }

  /** How far the value may be off by rounding in the sum that forms it, in absolute terms. */
  double rounding() {
    return rounding;
  }
}
