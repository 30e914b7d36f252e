package org.tapegrad.kernel;

/** Elementwise functions of one array that have a loop of their own. */
public enum Unary {
  /** -a. */
  NEGATE,
  /** |a|. */
  ABS,
  /** -1, 0 or 1; NaN stays NaN. */
  SIGN,
  /** a². */
  SQUARE,
  /** The square root; NaN for negative a. */
  SQRT,
  /** e to the power of a. */
  EXP,
  /** The natural logarithm; -Infinity at 0, NaN below. */
  LOG,
  /** The sine of a, in radians. */
  SIN,
  /** The cosine of a, in radians. */
  COS,
  /** The hyperbolic tangent. */
  TANH,
  /** 1 / (1 + exp(-a)), without overflow. */
  SIGMOID,
  /** log(1 + exp(a)), without overflow. */
  SOFTPLUS,
  /** max(a, 0); NaN stays NaN. */
  RELU
}
