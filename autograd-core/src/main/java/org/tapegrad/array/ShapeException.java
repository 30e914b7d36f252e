package org.tapegrad.array;

/** An array has a shape that an operation cannot use; the message names both. */
public class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** An exception with the given message. */
  public ShapeException(String message) {
    super(message);
  }
}
