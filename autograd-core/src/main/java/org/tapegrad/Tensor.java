package org.tapegrad;

/**
 * An array on a tape. Arithmetic on tensors computes at once and appends to the tape; it is closed
 * under differentiation, so that gradients written in it can be differentiated again.
 *
 * <p>Two operands are broadcast by NumPy's rule; a number takes the element type of the tensor.
 */
public final class Tensor {
  static final int CONSTANT = -1;

  private final Tape tape;
  private final NdArray value;
  private final int index;

  Tensor(Tape tape, NdArray value, int index) {
    this.tape = tape;
    this.value = value;
    this.index = index;
  }

  /** The tape this tensor is on. */
  public Tape tape() {
    return tape;
  }

  /** The array. */
  public NdArray value() {
    return value;
  }

  /** The only element of a tensor of size 1. */
  public double item() {
    return value.item();
  }

  /** The extents of all axes. */
  public int[] shape() {
    return value.shape();
  }

  /** The number of axes. */
  public int rank() {
    return value.rank();
  }

  /** The extent of one axis; -1 is the last. */
  public int size(int axis) {
    return value.size(axis);
  }

  /** The element type. */
  public DType dtype() {
    return value.dtype();
  }

  /** Whether nothing is differentiated with respect to this tensor. */
  public boolean isConstant() {
    return index == CONSTANT;
  }

  /** The position on the tape, or {@link #CONSTANT}. */
  int index() {
    return index;
  }

  /** The same value as a constant: gradients do not flow through it. */
  public Tensor detach() {
    return tape.constant(value);
  }

  /** this + other. */
  public Tensor plus(Tensor other) {
    return Arithmetic.plus(this, other);
  }

  /** this + number. */
  public Tensor plus(double number) {
    return Arithmetic.plus(this, number);
  }

  /** this - other. */
  public Tensor minus(Tensor other) {
    return Arithmetic.minus(this, other);
  }

  /** this - number. */
  public Tensor minus(double number) {
    return Arithmetic.plus(this, -number);
  }

  /** this · other, elementwise. */
  public Tensor times(Tensor other) {
    return Arithmetic.times(this, other);
  }

  /** this · number. */
  public Tensor times(double number) {
    return Arithmetic.times(this, number);
  }

  /** this / other, elementwise. */
  public Tensor dividedBy(Tensor other) {
    return Arithmetic.dividedBy(this, other);
  }

  /** this / number. */
  public Tensor dividedBy(double number) {
    return Arithmetic.dividedBy(this, number);
  }

  /** -this. */
  public Tensor negate() {
    return Arithmetic.negate(this);
  }

  /** this to the power of a number. */
  public Tensor pow(double exponent) {
    return Arithmetic.pow(this, exponent);
  }

  /** this to the power of other, elementwise; the gradient in the exponent is 0 where this is 0. */
  public Tensor pow(Tensor exponent) {
    return Arithmetic.pow(this, exponent);
  }

  /** e to the power of this. */
  public Tensor exp() {
    return Arithmetic.exp(this);
  }

  /** The natural logarithm. */
  public Tensor log() {
    return Arithmetic.log(this);
  }

  /** The square root; its gradient is infinite at 0. */
  public Tensor sqrt() {
    return Arithmetic.sqrt(this);
  }

  /** this · this. */
  public Tensor square() {
    return Arithmetic.square(this);
  }

  /** The absolute value; its gradient is 0 at 0. */
  public Tensor abs() {
    return Arithmetic.abs(this);
  }

  /** The sine, in radians. */
  public Tensor sin() {
    return Arithmetic.sin(this);
  }

  /** The cosine, in radians. */
  public Tensor cos() {
    return Arithmetic.cos(this);
  }

  /** The larger one of two, elementwise; equal ones share the gradient, half each. */
  public Tensor maximum(Tensor other) {
    return Arithmetic.maximum(this, other);
  }

  /** The larger one of this and a number. */
  public Tensor maximum(double number) {
    return maximum(tape.constant(value.scalarLike(number)));
  }

  /** The sum over the named axes, all if none is named; the axes disappear. */
  public Tensor sum(int... axes) {
    return LinearMaps.sum(this, axes, false);
  }

  /** The sum over the named axes, all if none is named; the axes stay with extent 1. */
  public Tensor sumKeepDims(int... axes) {
    return LinearMaps.sum(this, axes, true);
  }

  /** The mean over the named axes, all if none is named; the axes disappear. */
  public Tensor mean(int... axes) {
    return LinearMaps.mean(this, axes, false);
  }

  /** The mean over the named axes, all if none is named; the axes stay with extent 1. */
  public Tensor meanKeepDims(int... axes) {
    return LinearMaps.mean(this, axes, true);
  }

  /** The sum over all axes that broadcasting from the shape would stretch. */
  public Tensor sumTo(int... shape) {
    return LinearMaps.sumTo(this, shape);
  }

  /** This tensor stretched to a shape by NumPy's rule. */
  public Tensor broadcastTo(int... shape) {
    return LinearMaps.broadcastTo(this, shape);
  }

  /** The same elements in another shape, one extent of which may be -1. */
  public Tensor reshape(int... shape) {
    return LinearMaps.reshape(this, shape);
  }

  /** All axes reversed, or in the given order: axis d of the result is axis order[d] of this. */
  public Tensor transpose(int... order) {
    return LinearMaps.transpose(this, order);
  }

  /** The elements of [start, end) along one axis. */
  public Tensor slice(int axis, int start, int end) {
    return LinearMaps.slice(this, axis, start, end);
  }

  /** This tensor with {@code before} and {@code after} zeros added along one axis. */
  public Tensor pad(int axis, int before, int after) {
    return LinearMaps.pad(this, axis, before, after);
  }

  /** Matrix product of [.., m, k] and [.., k, n], the leading axes broadcast. */
  public Tensor matmul(Tensor other) {
    return LinearMaps.matmul(this, false, other, false);
  }

  /** Matrix product in which the last two axes of a flagged operand are swapped first. */
  public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
    return LinearMaps.matmul(this, transposeThis, other, transposeOther);
  }

  /** The elements, as {@link NdArray#toString}. */
  @Override
  public String toString() {
    return value.toString();
  }
}
