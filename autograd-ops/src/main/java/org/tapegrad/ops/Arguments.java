package org.tapegrad.ops;

import java.util.StringJoiner;

/** What an operation was called with besides tensors, as a tape prints it: without defaults. */
final class Arguments {
  private final StringJoiner text = new StringJoiner(", ");

  /** Adds an argument unless it has its default value. */
  Arguments add(String name, Object value, Object byDefault) {
    if (!value.equals(byDefault)) {
      text.add(name + " " + (value instanceof Double number ? number(number) : value));
    }
    return this;
  }

  /** A number as short as it can be, {@code 3}, {@code 0.5} or {@code 1e-5}: a tape's way. */
  static String number(double number) {
    return Double.toString(number).replaceFirst("\\.0(E|$)", "$1").replace('E', 'e');
  }

  /** {@code stride 2, padding [1, 0]}. */
  @Override
  public String toString() {
    return text.toString();
  }
}
