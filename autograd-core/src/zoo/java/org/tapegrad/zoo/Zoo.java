package org.tapegrad.zoo;

import java.util.List;

/** All of them. */
public final class Zoo {
  private Zoo() {}

  /**
   * instanceNorm2d with two values of eps, conv2d, softmax cross-entropy, reflection padding and
   * upsampling.
   */
  public static List<MutatedOp> ops() {
    return List.of(
        InstanceNormZoo.op(1e-5),
        InstanceNormZoo.op(1e-3),
        ConvolutionZoo.op(),
        CrossEntropyZoo.op(),
        ReflectionPadZoo.op(),
        UpsamplingZoo.op());
  }
}
