package org.tapegrad;

import java.util.OptionalInt;

/** Why a gradient is what it is: one line of text, and the line of the tape where it happened. */
public sealed interface Why {

  /** The answer in one sentence, with the lines and numbers concerned. */
  String summary();

  /** The line of the tape where it happened; empty where there is none. */
  default OptionalInt line() {
    return OptionalInt.empty();
  }

  /** A gradient arrives, is finite, and is neither zero nor what rounding left of a zero. */
  record Flows(String summary) implements Why {}

  /** No line uses the tensor. */
  record NotUsed(String summary) implements Why {}

  /** The tensor was recorded after the output, which cannot depend on it. */
  record AfterLoss(String summary) implements Why {}

  /**
   * The tensor is used, but nothing leads from there to the output.
   *
   * @param line the last line that depends on the tensor
   */
  record NoPath(String summary, OptionalInt line) implements Why {}

  /**
   * The only way to the output leads through a constant that has the array of the tensor, or of one
   * computed from it.
   *
   * @param line the line that takes the constant
   */
  record Detached(String summary, OptionalInt line) implements Why {}

  /**
   * The gradient is zero, and each number of what a line received had no effect on its input, or
   * one too small for its type.
   *
   * @param line the line that received something and handed on zeros
   */
  record Zeroed(String summary, OptionalInt line) implements Why {}

  /**
   * The gradient is the sum of parts that are not zero, and is zero or what rounding left of it.
   *
   * @param line the line that received something and handed on a sum that vanished, or the line at
   *     which contributions met
   */
  record Cancels(String summary, OptionalInt line) implements Why {}

  /**
   * The gradient has a NaN or an infinity.
   *
   * @param line the line where the first one arose
   * @param forwards whether that was when values were computed; otherwise on the way back
   */
  record NotFinite(String summary, OptionalInt line, boolean forwards) implements Why {}
}
