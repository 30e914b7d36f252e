package org.tapegrad.io;

import java.io.IOException;

/**
 * A file is not a safetensors file, or not one that can be read here; the message says why, as
 * {@link Safetensors#printable} shows it.
 */
public class SafetensorsException extends IOException {
  private static final long serialVersionUID = 1L;

  SafetensorsException(String message) {
    super(Safetensors.printable(message));
  }

  SafetensorsException(String message, Throwable cause) {
    super(Safetensors.printable(message), cause);
  }
}
