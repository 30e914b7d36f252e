package org.tapegrad.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * The image transformer network of Johnson et al. 2016 (arXiv:1603.08155, supplement) as a list of
 * layers: 32-64-128 channels, five residual blocks, instance norm after every convolution but the
 * last, reflection padding, and upsampling by nearest neighbours before a convolution.
 */
final class JohnsonNetwork {
  private JohnsonNetwork() {}

  /**
   * A padded convolution and what surrounds it.
   *
   * @param upsample factor of the nearest-neighbour upsampling before it
   * @param residual whether it ends a residual block, adding what entered the layer before it
   * @param last whether it ends the network, without norm, in a tanh
   */
  record Layer(
      int in, int out, int kernel, int stride, int upsample, boolean residual, boolean last) {
    /** Whether a relu follows. */
    boolean relu() {
      return !residual && !last;
    }

    /** Whether a residual block begins here. */
    boolean opensBlock(Layer next) {
      return next != null && next.residual;
    }
  }

  static List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer(3, 32, 9, 1, 1, false, false));
    layers.add(new Layer(32, 64, 3, 2, 1, false, false));
    layers.add(new Layer(64, 128, 3, 2, 1, false, false));
    for (int block = 0; block < 5; block++) {
      layers.add(new Layer(128, 128, 3, 1, 1, false, false));
      layers.add(new Layer(128, 128, 3, 1, 1, true, false));
    }
    layers.add(new Layer(128, 64, 3, 1, 2, false, false));
    layers.add(new Layer(64, 32, 3, 1, 2, false, false));
    layers.add(new Layer(32, 3, 9, 1, 1, false, true));
    return layers;
  }
}
