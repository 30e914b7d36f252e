package org.tapegrad.onnx;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/** What a name in a graph stands for: given data, which become a tensor when asked for, or one. */
final class Value {
  private final Tape tape;
  private final TensorData data;
  private Tensor tensor;

  /** Data, differentiable on the tape. */
  Value(Tape tape, TensorData data) {
    this.tape = tape;
    this.data = data;
  }

  /** A result. */
  Value(Tensor tensor) {
    this.tape = tensor.tape();
    this.data = null;
    this.tensor = tensor;
  }

  Tensor tensor() {
    if (tensor == null) {
      tensor = tape.variable(data.array());
    }
    return tensor;
  }

  /** The given data; an error for results. */
  TensorData data() {
    if (data == null) {
      throw new OutsideException("an argument that is computed");
    }
    return data;
  }

  /** Whether these are given whole numbers. */
  boolean isWhole() {
    return data != null && data.type().isWhole();
  }

  /** Whether these are given float16 numbers. */
  boolean isHalf() {
    return data != null && data.type() == ElementType.FLOAT16;
  }
}
