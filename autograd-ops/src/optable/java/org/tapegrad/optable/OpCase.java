package org.tapegrad.optable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * One row of the table of operations: a call and inputs on which every check of {@code OpTableTest}
 * must succeed.
 *
 * @param op the public method, {@code Class.method}
 * @param variant what sets this row apart from others of the same operation
 * @param call the operation, of inputs in the order of {@code inputs}
 * @param inputs what the inputs are drawn from
 * @param orders the highest order of derivative that is checked
 * @param digits the digits to which a derivative must be right in float64
 */
public record OpCase(
    String op,
    String variant,
    Function<List<Tensor>, Tensor> call,
    List<Input> inputs,
    int orders,
    double digits) {

  /**
   * What an input is drawn from.
   *
   * @param signed whether every element's sign is turned at random
   */
  public record Input(double low, double high, boolean signed, int... shape) {
    /** Elements of the interval [low, high). */
    public Input(double low, double high, int... shape) {
      this(low, high, false, shape);
    }

    NdArray draw(SplittableRandom random) {
      NdArray drawn = NdArray.uniform(DType.FLOAT64, random, low, high, shape);
      return signed ? drawn.map(v -> random.nextBoolean() ? v : -v) : drawn;
    }
  }

  /** An input of elements in (-2, 2). */
  public static Input any(int... shape) {
    return new Input(-2, 2, shape);
  }

  /** An input of elements in (0.5, 2). */
  public static Input positive(int... shape) {
    return new Input(0.5, 2, shape);
  }

  /** An input of elements in (-2, -0.5) and (0.5, 2), for an operation with a kink at 0. */
  public static Input awayFromZero(int... shape) {
    return new Input(0.5, 2, true, shape);
  }

  /** A row that is checked to the second order and six digits. */
  public static OpCase of(
      String op, String variant, Function<List<Tensor>, Tensor> call, Input... inputs) {
    return new OpCase(op, variant, call, List.of(inputs), 2, 6);
  }

  /** The same row, checked to another order. */
  public OpCase toOrder(int highest) {
    return new OpCase(op, variant, call, inputs, highest, digits);
  }

  /** The inputs of this row, the same for the same seed. */
  public List<NdArray> draw(DType dtype, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<NdArray> arrays = new ArrayList<>();
    for (Input input : inputs) {
      arrays.add(input.draw(random).to(dtype));
    }
    return arrays;
  }

  @Override
  public String toString() {
    return variant.isEmpty() ? op : op + " " + variant;
  }
}
