package org.tapegrad.ops;

import java.util.Arrays;
import java.util.Locale;
import org.tapegrad.kernel.Convolution;
import org.tapegrad.kernel.ConvolutionShape;
import org.tapegrad.kernel.Kernels;

/**
 * How a convolution and its gradients are computed. Float64, and so whatever is checked against
 * finite differences, is always computed directly, and so is everything with plain kernels.
 */
public enum ConvolutionAlgorithm {
  /**
   * What the system property {@code tapegrad.convolution} says, {@code direct} or {@code winograd};
   * without it, or where it is {@code auto}, Winograd's method where it is the faster one: for 3x3
   * kernels with stride, dilation and groups 1, from 32 channels and 16x16 pixels on, if a batch
   * has 1024 pixels. It depends on these sizes alone.
   */
  AUTO,

  /** The sum of products as it is defined. */
  DIRECT,

  /**
   * Winograd's method F(4x4, 3x3) (Lavin and Gray 2016) for all 3x3 kernels with stride, dilation
   * and groups 1 and a padding of 0, 1 or 2, the direct one for others. Its rounding errors are
   * about four times larger, and relative to the largest pixel of a tile of 6x6; a NaN or an
   * infinity reaches up to 25 results of each filter, instead of 9.
   */
  WINOGRAD;

  /** The system property that AUTO follows. */
  private static final String PROPERTY = "tapegrad.convolution";

  <A> Convolution<A> kernel(Kernels<A> kernels, ConvolutionShape s) {
    boolean winograd =
        switch (this == AUTO ? byProperty() : this) {
          case AUTO -> s.winogradPays();
          case WINOGRAD -> s.suitsWinograd();
          case DIRECT -> false;
        };
    return winograd ? kernels.winograd() : kernels.convolution();
  }

  private static ConvolutionAlgorithm byProperty() {
    String name = System.getProperty(PROPERTY, "auto");
    return Arrays.stream(values())
        .filter(a -> a.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "convolution: %s must be auto, direct or winograd, was %s"
                        .formatted(PROPERTY, name)));
  }
}
