package org.tapegrad.examples.style;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Module;

/**
 * A network that can be sent elsewhere.
 *
 * @param styles the names of its styles, or null for a {@link FastNeuralStyle}
 */
record NetworkState(List<String> styles, Map<String, Weights> weights) implements Serializable {
  /** A float32 array. */
  record Weights(float[] values, int[] shape) implements Serializable {
    NdArray array() {
      return NdArray.of(values, shape);
    }
  }

  static NetworkState of(Module network) {
    return new NetworkState(
        network instanceof TransformerNetwork known ? known.styles() : null,
        weights(network.state()));
  }

  /** Arrays of float32, each under its name. */
  static Map<String, Weights> weights(Map<String, NdArray> arrays) {
    Map<String, Weights> weights = new LinkedHashMap<>();
    arrays.forEach((name, a) -> weights.put(name, new Weights(a.toFloatArray(), a.shape())));
    return weights;
  }

  static Map<String, NdArray> arrays(Map<String, Weights> weights) {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    weights.forEach((name, w) -> arrays.put(name, w.array()));
    return arrays;
  }

  /** A network with these weights. */
  Module network() {
    Module network = styles == null ? new FastNeuralStyle() : new TransformerNetwork(0, styles);
    network.load(arrays(weights));
    return network;
  }
}
