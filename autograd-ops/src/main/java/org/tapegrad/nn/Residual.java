package org.tapegrad.nn;

import org.tapegrad.Tensor;

/** x + body(x) (He et al. 2015, arXiv:1512.03385); the body must keep the shape. */
public final class Residual extends Module {
  private final Module body;

  /** The body, registered under the name {@code body}. */
  public Residual(Module body) {
    this.body = child("body", body);
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.plus(body.forward(x));
  }
}
