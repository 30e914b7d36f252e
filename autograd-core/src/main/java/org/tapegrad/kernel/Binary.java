package org.tapegrad.kernel;

/** Elementwise functions of two arrays that have a loop of their own. */
public enum Binary {
  /** a + b. */
  PLUS,
  /** a - b. */
  MINUS,
  /** a · b. */
  TIMES,
  /** a / b. */
  DIVIDED_BY,
  /** a to the power of b, as {@link Math#pow}. */
  POW,
  /** The larger one; NaN if either is. */
  MAXIMUM,
  /** 1 where a &gt; b, else 0. */
  GREATER,
  /** 1 where a = b, else 0. */
  EQUAL,
  /** 0 where b &lt;= 0, else a. */
  GATE,
  /** a · e/(1 + e)², e = exp(-|b|): a times the derivative of the sigmoid at b. */
  SIGMOID_GRADIENT,
  /** a · 4e/(1 + e)², e = exp(-2|b|): a times the derivative of tanh at b. */
  TANH_GRADIENT
}
