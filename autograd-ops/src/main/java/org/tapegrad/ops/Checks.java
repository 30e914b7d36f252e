package org.tapegrad.ops;

import org.tapegrad.Tensor;

/** What operations require of their arguments, each rule and its message once. */
final class Checks {
  private Checks() {}

  /** Refuses an argument that is absent. */
  static void given(String op, String name, Tensor tensor) {
    if (tensor == null) {
      throw new IllegalArgumentException(op + ": " + name + " must be given");
    }
  }
}
