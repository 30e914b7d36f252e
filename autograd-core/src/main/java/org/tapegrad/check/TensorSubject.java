package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/**
 * {@code sum over outputs of cotangent · output} of a program on tensors, with the tape's gradient
 * as the claim.
 */
final class TensorSubject implements Subject {
  private final TensorProgram program;
  private final List<NdArray> cotangents;
  private final double[][] weights;
  private final int[][] shapes;
  private final double[][] point;
  private final double rounding;

  /**
   * The last computation that was differentiated; asking again at the same point must reuse it and
   * find it unharmed.
   */
  private double[][] lastPoint;

  private Tape lastTape;
  private List<Tensor> lastInputs;
  private List<Tensor> lastOutputs;

  TensorSubject(TensorProgram program, List<NdArray> cotangents, List<NdArray> outputs) {
    this.program = program;
    this.cotangents = cotangents;
    this.weights = cotangents.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    this.shapes = program.point().stream().map(NdArray::shape).toArray(int[][]::new);
    this.point = program.point().stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    double squares = 0;
    for (int i = 0; i < weights.length; i++) {
      squares = Math.hypot(squares, NoiseFloor.length(outputs.get(i).toDoubleArray(), weights[i]));
    }
    this.rounding = 0x1p-53 * squares;
  }

  @Override
  public int inputs() {
    return point.length;
  }

  @Override
  public String name(int input) {
    return program.names().get(input);
  }

  @Override
  public String element(int input, int index) {
    int[] shape = shapes[input];
    int[] position = new int[shape.length];
    int rest = index;
    for (int d = shape.length - 1; d >= 0; d--) {
      position[d] = rest % shape[d];
      rest /= shape[d];
    }
    return shape.length == 0 ? "" : Arrays.toString(position);
  }

  @Override
  public double[] point(int input) {
    return point[input];
  }

  @Override
  public double value(double[][] x) {
    Tape tape = new Tape();
    List<Tensor> inputs = lift(tape, x);
    List<NdArray> outputs =
        program instanceof HigherOrder gradient
            ? gradient.runUnrecorded(tape, inputs)
            : program.run(tape, inputs).stream().map(Tensor::value).toList();
    requireUntouched(inputs, x, "the function");
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < weights.length; i++) {
      double[] y = outputs.get(i).toDoubleArray();
      if (y.length != weights[i].length) {
        throw new IllegalArgumentException(
            "the function returned "
                + outputs.get(i).describe()
                + " here and "
                + cotangents.get(i).describe()
                + " at the point of the check");
      }
      for (int j = 0; j < y.length; j++) {
        sum.addProduct(y[j], weights[i][j]);
      }
    }
    return sum.value();
  }

  private List<Tensor> lift(Tape tape, double[][] x) {
    List<NdArray> arrays = new ArrayList<>(x.length);
    for (int b = 0; b < x.length; b++) {
      arrays.add(NdArray.of(x[b], shapes[b]));
    }
    return program.lift(tape, arrays);
  }

  @Override
  public double[][] gradient(double[][] x) {
    if (lastPoint == null || !Arrays.deepEquals(lastPoint, x)) {
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
    }
    requireUntouched(lastInputs, x, "the gradient");
    return gradients.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
  }

  private void requireUntouched(List<Tensor> inputs, double[][] x, String who) {
    for (int b = 0; b < x.length; b++) {
      if (!Arrays.equals(inputs.get(b).value().toDoubleArray(), x[b])) {
        throw new MisbehaviourException(
            Verdict.Fault.INPUT_CHANGED, who + " changed its input " + name(b));
      }
    }
  }

  @Override
  public double rounding() {
    return rounding;
  }
}
