package org.tapegrad.check;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * The gradient of a program as a program: its inputs are those of the program and one cotangent per
 * output, its outputs the vector-Jacobian products with respect to all inputs, recorded and so
 * differentiable again.
 */
final class VjpProgram implements TensorProgram {
  private final TensorProgram base;
  private final List<NdArray> point;
  private final List<String> names;
  private final int inputs;

  VjpProgram(TensorProgram base, List<NdArray> cotangents) {
    this.base = base;
    this.inputs = base.point().size();
    this.point = new ArrayList<>(base.point());
    this.point.addAll(cotangents);
    this.names = new ArrayList<>(base.names());
    for (int i = 0; i < cotangents.size(); i++) {
      names.add(cotangents.size() == 1 ? "cotangent" : "cotangent of d" + base.names().get(i));
    }
  }

  @Override
  public List<NdArray> point() {
    return point;
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public String element(int input, int index) {
    return input < inputs ? base.element(input, index) : TensorProgram.super.element(input, index);
  }

  @Override
  public List<Tensor> lift(Tape tape, List<NdArray> x) {
    List<Tensor> lifted = new ArrayList<>(base.lift(tape, x.subList(0, inputs)));
    x.subList(inputs, x.size()).forEach(v -> lifted.add(tape.variable(v)));
    return lifted;
  }

  @Override
  public List<Tensor> run(Tape tape, List<Tensor> all) {
    List<Tensor> targets = all.subList(0, inputs);
    List<Tensor> outputs = base.run(tape, targets);
    return tape.differentiableVjp(outputs, all.subList(inputs, all.size()), targets);
  }

  /** By the kernels of ops that have one. */
  @Override
  public List<NdArray> values(Tape tape, List<Tensor> all) {
    List<Tensor> targets = all.subList(0, inputs);
    List<Tensor> outputs = base.run(tape, targets);
    List<NdArray> seeds = all.subList(inputs, all.size()).stream().map(Tensor::value).toList();
    return tape.vjp(outputs, seeds, targets);
  }

  @Override
  public void restore() {
    base.restore();
  }
}
