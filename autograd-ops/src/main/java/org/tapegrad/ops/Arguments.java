package org.tapegrad.ops;

import java.util.StringJoiner;
import org.tapegrad.array.Shapes;

/** What an operation was called with besides tensors, as a tape prints it: without defaults. */
final class Arguments {
  private final StringJoiner text = new StringJoiner(", ");

  /** Adds an argument unless it has its default value. */
  Arguments add(String name, Object value, Object byDefault) {
    if (!value.equals(byDefault)) {
      text.add(name + " " + (value instanceof Double number ? Shapes.number(number) : value));
    }
    return this;
  }

  /** {@code stride 2, padding [1, 0]}. */
  @Override
  public String toString() {
    return text.toString();
  }
}
