package org.tapegrad.check;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** What is differentiated: how its inputs get on a tape and what is computed from them there. */
interface TensorProgram {
  /** So many elements are named; more are counted. */
  int NAMED = 5;

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

  /** The element at a flat index as a reader would write it: {@code [3]} or {@code [0, 1, 2]}. */
  default String element(int input, int index) {
    int[] shape = point().get(input).shape();
    int[] position = new int[shape.length];
    int rest = index;
    for (int d = shape.length - 1; d >= 0; d--) {
      position[d] = rest % shape[d];
      rest /= shape[d];
    }
    return shape.length == 0 ? "" : Arrays.toString(position);
  }

  /** The elements of x that are not those of another point, for an error: {@code x[3] = 1.5}. */
  default String where(double[][] x, double[][] other) {
    StringJoiner text = new StringJoiner(", ");
    int more = -NAMED;
    for (int b = 0; b < x.length; b++) {
      for (int i = 0; i < x[b].length; i++) {
        if (other == null || x[b][i] != other[b][i]) {
          if (more++ < 0) {
            text.add(names().get(b) + element(b, i) + " = " + x[b][i]);
          }
        }
      }
    }
    return text + (more > 0 ? " and " + more + " more elements" : "");
  }

  /** What the user's code threw at the point of the check, told with that point. */
  default IllegalArgumentException threw(String who, double[][] x, RuntimeException e) {
    return new IllegalArgumentException(
        who + " threw " + e + " at the point of the check, " + where(x, null), e);
  }

  /** Restores whatever an evaluation changes besides its result. */
  void restore();
}
