package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/** What tests of error messages share: tensors of zeros, and calls that are refused. */
abstract class Refusals {
  final Tape tape = new Tape();

  final Tensor zeros(int... shape) {
    return tape.variable(NdArray.zeros(DType.FLOAT64, shape));
  }

  static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  static void misshapen(String message, Executable call) {
    assertEquals(message, assertThrows(ShapeException.class, call).getMessage());
  }
}
