package org.tapegrad.nn;

import org.tapegrad.Variable;
import org.tapegrad.array.NdArray;

/** A learnable array of a module. It lives outside of any tape and is updated in place. */
public final class Parameter implements Variable {
  private final NdArray value;
  private String name;

  /** A parameter with its initial value, which it keeps and changes. */
  public Parameter(String name, NdArray value) {
    if (name == null || value == null) {
      throw new IllegalArgumentException(
          "parameter: name and value are needed, " + name + " has none");
    }
    this.name = name;
    this.value = value;
  }

  /** The name, with those of the modules around it: {@code residual1.conv2.weight}. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public NdArray value() {
    return value;
  }

  /** How often the value has been changed. */
  public int version() {
    return value.version();
  }

  void rename(String newName) {
    name = newName;
  }

  @Override
  public String toString() {
    return name + " " + value.describe();
  }
}
