package org.tapegrad.check.zoo;

import java.util.List;

/** All species. */
public final class Zoo {
  private Zoo() {}

  /**
   * instanceNorm2d with two values of eps, conv2d, softmax cross-entropy, reflection padding and
   * upsampling.
   */
  public static List<Species> species() {
    return List.of(
        InstanceNormZoo.species(1e-5),
        InstanceNormZoo.species(1e-3),
        ConvolutionZoo.species(),
        CrossEntropyZoo.species(),
        ReflectionPadZoo.species(),
        UpsamplingZoo.species());
  }
}
