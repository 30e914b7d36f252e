package org.tapegrad;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.kernel.Binary;
import org.tapegrad.kernel.Unary;

/** The elementwise arithmetic of tensors: each function beside its gradient. */
final class Arithmetic {
  private Arithmetic() {}

  /** The gradient of a broadcast operand: summed over what broadcasting stretched. */
  private static Tensor like(Tensor operand, Tensor gradient) {
    return gradient.sumTo(operand.value().extents);
  }

  static Tensor plus(Tensor a, Tensor b) {
    return Tape.record(
        "plus",
        a.value().plus(b.value()),
        wrt(a, (y, g) -> like(a, g)),
        wrt(b, (y, g) -> like(b, g)));
  }

  static Tensor plus(Tensor a, double b) {
    return Tape.record("plus", a.value().apply(Binary.PLUS, b), wrt(a, (y, g) -> g));
  }

  static Tensor minus(Tensor a, Tensor b) {
    return Tape.record(
        "minus",
        a.value().minus(b.value()),
        wrt(a, (y, g) -> like(a, g)),
        wrt(b, (y, g) -> like(b, g.negate())));
  }

  static Tensor times(Tensor a, Tensor b) {
    return Tape.record(
        "times",
        a.value().times(b.value()),
        wrt(a, (y, g) -> like(a, g.times(b))),
        wrt(b, (y, g) -> like(b, g.times(a))));
  }

  static Tensor times(Tensor a, double b) {
    return Tape.record("times", a.value().apply(Binary.TIMES, b), wrt(a, (y, g) -> g.times(b)));
  }

  /** d(a/b)/db = -a/b² = -y/b. */
  static Tensor dividedBy(Tensor a, Tensor b) {
    return Tape.record(
        "dividedBy",
        a.value().dividedBy(b.value()),
        wrt(a, (y, g) -> like(a, g.dividedBy(b))),
        wrt(b, (y, g) -> like(b, g.times(y).dividedBy(b).negate())));
  }

  static Tensor dividedBy(Tensor a, double b) {
    return Tape.record(
        "dividedBy", a.value().apply(Binary.DIVIDED_BY, b), wrt(a, (y, g) -> g.dividedBy(b)));
  }

  static Tensor negate(Tensor a) {
    return Tape.record("negate", a.value().apply(Unary.NEGATE), wrt(a, (y, g) -> g.negate()));
  }

  /** d(aⁿ)/da = n·aⁿ⁻¹, which is 0 for n = 0 also at a = 0. */
  static Tensor pow(Tensor a, double n) {
    return Tape.record(
        "pow",
        a.value().apply(Binary.POW, n),
        wrt(a, (y, g) -> n == 0 ? g.times(0) : g.times(a.pow(n - 1).times(n))));
  }

  /**
   * d(aᵇ)/da = b·aᵇ⁻¹, taken as 0 at a = b = 0; d(aᵇ)/db = aᵇ·log a, taken as 0 at a = 0, b ≥ 0. At
   * these points a is replaced by 1, which makes both products 0 instead of 0·∞.
   */
  static Tensor pow(Tensor a, Tensor b) {
    return Tape.record(
        "pow",
        a.value().apply(Binary.POW, b.value()),
        wrt(
            a,
            (y, g) -> {
              NdArray zeros = isZero(a).times(isZero(b));
              Tensor base = a.plus(a.tape().constant(zeros));
              return like(a, g.times(b).times(base.pow(b.minus(1))));
            }),
        wrt(
            b,
            (y, g) -> {
              NdArray negative = b.value().scalarLike(0).apply(Binary.GREATER, b.value());
              NdArray zeros = isZero(a).apply(Binary.GREATER, negative);
              return like(b, g.times(y).times(a.plus(a.tape().constant(zeros)).log()));
            }));
  }

  private static NdArray isZero(Tensor a) {
    return a.value().apply(Binary.EQUAL, 0);
  }

  static Tensor exp(Tensor a) {
    return Tape.record("exp", a.value().apply(Unary.EXP), wrt(a, (y, g) -> g.times(y)));
  }

  static Tensor log(Tensor a) {
    return Tape.record("log", a.value().apply(Unary.LOG), wrt(a, (y, g) -> g.dividedBy(a)));
  }

  static Tensor sqrt(Tensor a) {
    return Tape.record(
        "sqrt", a.value().apply(Unary.SQRT), wrt(a, (y, g) -> g.dividedBy(y.times(2))));
  }

  static Tensor square(Tensor a) {
    return Tape.record(
        "square", a.value().apply(Unary.SQUARE), wrt(a, (y, g) -> g.times(a.times(2))));
  }

  static Tensor abs(Tensor a) {
    return Tape.record(
        "abs",
        a.value().apply(Unary.ABS),
        wrt(a, (y, g) -> g.times(a.tape().constant(a.value().apply(Unary.SIGN)))));
  }

  static Tensor sin(Tensor a) {
    return Tape.record("sin", a.value().apply(Unary.SIN), wrt(a, (y, g) -> g.times(a.cos())));
  }

  static Tensor cos(Tensor a) {
    return Tape.record(
        "cos", a.value().apply(Unary.COS), wrt(a, (y, g) -> g.times(a.sin()).negate()));
  }

  static Tensor maximum(Tensor a, Tensor b) {
    return Tape.record(
        "maximum",
        a.value().apply(Binary.MAXIMUM, b.value()),
        wrt(a, (y, g) -> like(a, g.times(shareOf(a, b)))),
        wrt(b, (y, g) -> like(b, g.times(shareOf(b, a)))));
  }

  /** 1 where a is the larger one, 1/2 where both are equal, else 0. */
  private static Tensor shareOf(Tensor a, Tensor b) {
    NdArray larger = a.value().apply(Binary.GREATER, b.value());
    NdArray equal = a.value().apply(Binary.EQUAL, b.value());
    return a.tape().constant(larger.plus(equal.apply(Binary.TIMES, 0.5)));
  }
}
