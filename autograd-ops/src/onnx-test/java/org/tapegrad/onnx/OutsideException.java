package org.tapegrad.onnx;

/** A vector asks for something that the library does not have; the message names it. */
final class OutsideException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OutsideException(String reason) {
    super(reason);
  }
}
