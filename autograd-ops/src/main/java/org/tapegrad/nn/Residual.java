package org.tapegrad.nn;

import java.util.Arrays;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.ShapeException;

/**
 * x + body(x), the body being modules one after the other (He et al. 2015, arXiv:1512.03385) that
 * together keep the shape.
 */
public final class Residual extends Sequential {

  /** The modules of the body in order, named 0, 1, … */
  public Residual(Module... modules) {
    super(modules);
  }

  @Override
  public Residual add(String name, Module module) {
    super.add(name, module);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = super.forward(x);
    if (!Arrays.equals(x.shape(), y.shape())) {
      throw new ShapeException(
          "%s: the body must keep the shape %s, returned %s"
              .formatted(label(), Arrays.toString(x.shape()), Arrays.toString(y.shape())));
    }
    try (Tape.Scope scope = scope(x)) {
      return x.plus(y);
    }
  }
}
