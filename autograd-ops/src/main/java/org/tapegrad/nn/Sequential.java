package org.tapegrad.nn;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/** Modules one after the other, named by their position as in PyTorch. */
public class Sequential extends Module {

  /** The modules in order, named 0, 1, … */
  public Sequential(Module... modules) {
    requireGiven("modules", modules);
    for (int i = 0; i < modules.length; i++) {
      child(String.valueOf(i), modules[i]);
    }
  }

  /** Appends a module under a name of its own. */
  public Sequential add(String name, Module module) {
    child(name, module);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    requireGiven("x", x);
    Tensor y = x;
    for (Module module : children().values()) {
      try (Tape.Scope scope = module.scope(y)) {
        y = module.forward(y);
      }
    }
    return y;
  }
}
