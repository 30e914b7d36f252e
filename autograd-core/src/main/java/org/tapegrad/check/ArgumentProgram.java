package org.tapegrad.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** A function of its arguments. */
record ArgumentProgram(
    Function<List<Tensor>, Tensor> function,
    List<NdArray> point,
    List<String> names,
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
  public void restore() {
    reset.arraysOnly();
  }
}
