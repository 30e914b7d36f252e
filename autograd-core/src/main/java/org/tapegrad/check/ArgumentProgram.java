package org.tapegrad.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** A function of its arguments; the names of all their elements in a row, or null. */
record ArgumentProgram(
    Function<List<Tensor>, Tensor> function,
    List<NdArray> point,
    List<String> names,
    List<String> elementNames,
    StateReset reset)
    implements TensorProgram {

  @Override
  public List<Tensor> lift(Tape tape, List<NdArray> x) {
    List<Tensor> lifted = new ArrayList<>(x.size());
    for (NdArray array : x) {
      lifted.add(tape.variable(array));
    }
    return lifted;
  }

  @Override
  public List<Tensor> run(Tape tape, List<Tensor> inputs) {
    reset.run();
    Tensor y = function.apply(inputs);
    if (y == null || y.tape() != tape) {
      throw new IllegalArgumentException(
          "the function must return a tensor on the tape of its arguments, returned "
              + (y == null ? "null" : "one on another tape"));
    }
    return List.of(y);
  }

  @Override
  public String element(int input, int index) {
    if (elementNames == null) {
      return TensorProgram.super.element(input, index);
    }
    int before = point.subList(0, input).stream().mapToInt(NdArray::size).sum();
    return "[" + elementNames.get(before + index) + "]";
  }

  @Override
  public void restore() {
    reset.arraysOnly();
  }
}
