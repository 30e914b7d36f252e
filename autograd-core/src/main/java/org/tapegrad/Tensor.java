package org.tapegrad;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/**
 * An array on a tape. Arithmetic on tensors computes at once and appends to the tape; it is closed
 * under differentiation: each gradient stands beside its function and is written in this same
 * arithmetic, so that it can be differentiated again.
 *
 * <p>Operands are broadcast by NumPy's rule, and the gradient of one is summed over what that
 * stretched; a number takes the type of the tensor. Linear maps come in pairs of adjoints: sum and
 * broadcast, slice and pad, a permutation and its inverse are each other's gradients.
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

  /** The size of every axis. */
  public int[] shape() {
    return value.shape();
  }

  /** The number of axes. */
  public int rank() {
    return value.rank();
  }

  /** The size of one axis; -1 is the last. */
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

  /** The array of an operand, for a function of arrays that refuses an absent one by name. */
  private static NdArray arrayOf(Tensor operand) {
    return operand == null ? null : operand.value;
  }

  /** this + other. */
  public Tensor plus(Tensor other) {
    return Tape.record(
        "plus",
        value.plus(arrayOf(other)),
        wrt(this, (y, g) -> g.sumTo(shape())),
        wrt(other, (y, g) -> g.sumTo(other.shape())));
  }

  /** this + number. */
  public Tensor plus(double number) {
    return Tape.record("plus", number, value.plus(number), wrt(this, (y, g) -> g));
  }

  /** this - other. */
  public Tensor minus(Tensor other) {
    return Tape.record(
        "minus",
        value.minus(arrayOf(other)),
        wrt(this, (y, g) -> g.sumTo(shape())),
        wrt(other, (y, g) -> g.negate().sumTo(other.shape())));
  }

  /** this - number. */
  public Tensor minus(double number) {
    return Tape.record("minus", number, value.minus(number), wrt(this, (y, g) -> g));
  }

  /** this · other, elementwise. */
  public Tensor times(Tensor other) {
    return Tape.record(
        "times",
        value.times(arrayOf(other)),
        wrt(this, (y, g) -> g.times(other).sumTo(shape())),
        wrt(other, (y, g) -> g.times(this).sumTo(other.shape())));
  }

  /** this · number. */
  public Tensor times(double number) {
    return Tape.record("times", number, value.times(number), wrt(this, (y, g) -> g.times(number)));
  }

  /** this / other, elementwise: d(a/b)/db = -a/b² = -y/b. */
  public Tensor dividedBy(Tensor other) {
    return Tape.record(
        "dividedBy",
        value.dividedBy(arrayOf(other)),
        wrt(this, (y, g) -> g.dividedBy(other).sumTo(shape())),
        wrt(other, (y, g) -> g.times(y).dividedBy(other).negate().sumTo(other.shape())));
  }

  /** this / number. */
  public Tensor dividedBy(double number) {
    return Tape.record(
        "dividedBy", number, value.dividedBy(number), wrt(this, (y, g) -> g.dividedBy(number)));
  }

  /** -this. */
  public Tensor negate() {
    return Tape.record("negate", value.negate(), wrt(this, (y, g) -> g.negate()));
  }

  /** this to the power of n: d(aⁿ)/da = n·aⁿ⁻¹, which is 0 for n = 0 also at a = 0. */
  public Tensor pow(double n) {
    return Tape.record(
        "pow",
        n,
        value.pow(n),
        wrt(this, (y, g) -> n == 0 ? g.times(0) : g.times(pow(n - 1).times(n))));
  }

  /**
   * this to the power of b, elementwise: d(aᵇ)/da = b·aᵇ⁻¹, taken as 0 at a = b = 0; d(aᵇ)/db =
   * aᵇ·log a, taken as 0 at a = 0, b ≥ 0. At these points a is replaced by 1, which makes both
   * products 0 instead of 0·∞.
   */
  public Tensor pow(Tensor b) {
    return Tape.record(
        "pow",
        value.pow(arrayOf(b)),
        wrt(
            this,
            (y, g) -> {
              Tensor base = plus(tape.constant(value.equal(0).times(b.value.equal(0))));
              return g.times(b).times(base.pow(b.minus(1))).sumTo(shape());
            }),
        wrt(
            b,
            (y, g) -> {
              NdArray negative = NdArray.full(dtype(), 0).greater(b.value);
              Tensor base = plus(tape.constant(value.equal(0).greater(negative)));
              return g.times(y).times(base.log()).sumTo(b.shape());
            }));
  }

  /** e to the power of this. */
  public Tensor exp() {
    return Tape.record("exp", value.exp(), wrt(this, (y, g) -> g.times(y)));
  }

  /** The natural logarithm. */
  public Tensor log() {
    return Tape.record("log", value.log(), wrt(this, (y, g) -> g.dividedBy(this)));
  }

  /** The square root; its gradient is infinite at 0. */
  public Tensor sqrt() {
    return Tape.record("sqrt", value.sqrt(), wrt(this, (y, g) -> g.dividedBy(y.times(2))));
  }

  /** this · this. */
  public Tensor square() {
    return Tape.record("square", value.square(), wrt(this, (y, g) -> g.times(times(2))));
  }

  /** The absolute value; its gradient is 0 at 0. */
  public Tensor abs() {
    return Tape.record(
        "abs", value.abs(), wrt(this, (y, g) -> g.times(tape.constant(value.sign()))));
  }

  /** The sine, in radians. */
  public Tensor sin() {
    return Tape.record("sin", value.sin(), wrt(this, (y, g) -> g.times(cos())));
  }

  /** The cosine, in radians. */
  public Tensor cos() {
    return Tape.record("cos", value.cos(), wrt(this, (y, g) -> g.times(sin()).negate()));
  }

  /** The larger one of two, elementwise; equal ones share the gradient, half each. */
  public Tensor maximum(Tensor other) {
    return Tape.record(
        "maximum",
        value.maximum(arrayOf(other)),
        wrt(this, (y, g) -> g.times(tape.constant(share(value, other.value))).sumTo(shape())),
        wrt(
            other,
            (y, g) -> g.times(tape.constant(share(other.value, value))).sumTo(other.shape())));
  }

  /** The larger one of this and a number; half of the gradient where both are equal. */
  public Tensor maximum(double number) {
    return Tape.record(
        "maximum",
        number,
        value.maximum(number),
        wrt(this, (y, g) -> g.times(tape.constant(share(value, NdArray.full(dtype(), number))))));
  }

  /** a's part in the larger one: 1/2 of equals, 0 of the smaller one; all of it beside a NaN. */
  private static NdArray share(NdArray a, NdArray b) {
    return b.greater(a).plus(a.equal(b).times(0.5)).negate().plus(1);
  }

  /** The sum over the named axes, all if none is named; the axes disappear. */
  public Tensor sum(int... axes) {
    int[] kept = Shapes.keepDims("sum", shape(), axes);
    return Tape.record(
        "sum",
        Shapes.describe(axes),
        value.sum(axes),
        wrt(this, (y, g) -> g.reshape(kept).broadcastTo(shape())));
  }

  /** The sum over the named axes, all if none is named; the axes stay with size 1. */
  public Tensor sumKeepDims(int... axes) {
    NdArray sum = value.sumKeepDims(axes);
    return Tape.record(
        "sum",
        Shapes.describe(axes) + (axes.length > 0 ? ", keepDims" : "keepDims"),
        sum,
        wrt(this, (y, g) -> g.broadcastTo(shape())));
  }

  /** The mean over the named axes, all if none is named; the axes disappear. */
  public Tensor mean(int... axes) {
    int[] kept = Shapes.keepDims("mean", shape(), axes);
    NdArray mean = value.mean(axes);
    double n = (double) value.size() / mean.size();
    return Tape.record(
        "mean",
        Shapes.describe(axes),
        mean,
        wrt(this, (y, g) -> g.dividedBy(n).reshape(kept).broadcastTo(shape())));
  }

  /** The mean over the named axes, all if none is named; the axes stay with size 1. */
  public Tensor meanKeepDims(int... axes) {
    NdArray mean = value.meanKeepDims(axes);
    double n = (double) value.size() / mean.size();
    return Tape.record(
        "mean",
        Shapes.describe(axes) + (axes.length > 0 ? ", keepDims" : "keepDims"),
        mean,
        wrt(this, (y, g) -> g.dividedBy(n).broadcastTo(shape())));
  }

  /** The sum over all axes that broadcasting from the shape would stretch. */
  public Tensor sumTo(int... shape) {
    return value.hasShape(shape)
        ? this
        : Tape.record(
            "sumTo", shape, value.sumTo(shape), wrt(this, (y, g) -> g.broadcastTo(shape())));
  }

  /** This tensor stretched to a shape by NumPy's rule. */
  public Tensor broadcastTo(int... shape) {
    return value.hasShape(shape)
        ? this
        : Tape.record(
            "broadcastTo", shape, value.broadcastTo(shape), wrt(this, (y, g) -> g.sumTo(shape())));
  }

  /** The same elements in another shape, one size of which may be -1. */
  public Tensor reshape(int... shape) {
    return value.hasShape(shape)
        ? this
        : Tape.record(
            "reshape", shape, value.reshape(shape), wrt(this, (y, g) -> g.reshape(shape())));
  }

  /** All axes reversed, or in the given order: axis d of the result is axis order[d] of this. */
  public Tensor transpose(int... order) {
    NdArray transposed = value.transpose(order);
    int[] back = order.length == 0 ? order : Shapes.inverse(order, rank());
    return Tape.record("transpose", order, transposed, wrt(this, (y, g) -> g.transpose(back)));
  }

  /** The elements of [start, end) along one axis. */
  public Tensor slice(int axis, int start, int end) {
    return Tape.record(
        "slice",
        "axis " + axis + ", " + start + ":" + end,
        value.slice(axis, start, end),
        wrt(this, (y, g) -> g.pad(axis, start, size(axis) - end)));
  }

  /** This tensor with {@code before} and {@code after} zeros added along one axis. */
  public Tensor pad(int axis, int before, int after) {
    return Tape.record(
        "pad",
        "axis " + axis + ", " + before + " before, " + after + " after",
        value.pad(axis, before, after),
        wrt(this, (y, g) -> g.slice(axis, before, before + size(axis))));
  }

  /** Matrix product of [.., m, k] or [k] and [.., k, n] or [k], the leading axes broadcast. */
  public Tensor matmul(Tensor other) {
    return matmul(other, false, false);
  }

  /**
   * Matrix product in which the last two axes of a flagged operand are swapped first. With C =
   * op(A)·op(B), dA is g·op(B)ᵀ or op(B)·gᵀ, and dB is op(A)ᵀ·g or gᵀ·op(A).
   */
  public Tensor matmul(Tensor b, boolean transposeThis, boolean transposeOther) {
    boolean ta = transposeThis && rank() != 1;
    boolean tb = transposeOther && b != null && b.rank() != 1;
    if (b != null && (rank() == 1 || b.rank() == 1)) {
      Tensor row = rank() == 1 ? reshape(1, -1) : this;
      Tensor product = row.matmul(b.rank() == 1 ? b.reshape(-1, 1) : b, ta, tb);
      return product.reshape(Shapes.ofProduct(product.shape(), rank(), b.rank()));
    }
    return Tape.record(
        "matmul",
        ta ? tb ? "both transposed" : "first transposed" : tb ? "second transposed" : "",
        value.matmul(arrayOf(b), ta, tb),
        wrt(this, (y, g) -> (ta ? b.matmul(g, tb, true) : g.matmul(b, false, !tb)).sumTo(shape())),
        wrt(b, (y, g) -> (tb ? g.matmul(this, true, ta) : matmul(g, !ta, false)).sumTo(b.shape())));
  }

  /** The elements, as {@link NdArray#toString}. */
  @Override
  public String toString() {
    return value.toString();
  }
}
