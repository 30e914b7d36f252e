package org.tapegrad.check;

import static org.tapegrad.array.Shapes.given;

import java.util.List;
import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Variable;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** A computation on a tape that lifts variables, such as the loss of a module with parameters. */
final class VariableProgram implements TensorProgram {
  private final Function<Tape, Tensor> function;
  private final List<? extends Variable> variables;
  private final StateReset reset;
  private final List<NdArray> point;

  VariableProgram(
      Function<Tape, Tensor> function, List<? extends Variable> variables, StateReset reset) {
    for (Variable v : variables) {
      NdArray value = given("variable " + v.name(), "a value", v.value());
      if (value.dtype() != DType.FLOAT64) {
        throw new IllegalArgumentException(
            "variable " + v.name() + " must be float64 to be checked, was " + value.describe());
      }
    }
    this.function = function;
    this.variables = variables;
    this.reset = reset;
    this.point = variables.stream().map(v -> v.value().copy()).toList();
  }

  @Override
  public List<NdArray> point() {
    return point;
  }

  @Override
  public List<String> names() {
    return variables.stream().map(Variable::name).toList();
  }

  @Override
  public List<Tensor> lift(Tape tape, List<NdArray> x) {
    for (int b = 0; b < x.size(); b++) {
      variables.get(b).value().assign(x.get(b));
    }
    return variables.stream().map(v -> tape.variable(v)).toList();
  }

  @Override
  public List<Tensor> run(Tape tape, List<Tensor> inputs) {
    reset.run();
    return List.of(function.apply(tape));
  }

  @Override
  public void restore() {
    for (int b = 0; b < point.size(); b++) {
      variables.get(b).value().assign(point.get(b));
    }
    reset.arraysOnly();
  }
}
