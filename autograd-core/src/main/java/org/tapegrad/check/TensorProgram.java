package org.tapegrad.check;

import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** What is differentiated: how its inputs get on a tape and what is computed from them there. */
interface TensorProgram {

  /** The inputs at the point of the check, in float64. */
  List<NdArray> point();

  /** The names of the inputs. */
  List<String> names();

  /** Puts inputs {@code x}, shaped like the point, on the tape as variables. */
  List<Tensor> lift(Tape tape, List<NdArray> x);

  /** The outputs. */
  List<Tensor> run(Tape tape, List<Tensor> inputs);

  /** The outputs where nobody wants to differentiate them. */
  default List<NdArray> values(Tape tape, List<Tensor> inputs) {
    return run(tape, inputs).stream().map(Tensor::value).toList();
  }

  /** Restores whatever an evaluation changes besides its result. */
  void restore();
}
