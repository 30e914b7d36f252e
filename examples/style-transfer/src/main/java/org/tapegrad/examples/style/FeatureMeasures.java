package org.tapegrad.examples.style;

import static org.tapegrad.ops.LinearAlgebra.gramMatrix;

import java.util.List;
import java.util.Map;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** How a picture [1, 3, H, W] looks to a network that recognises things, layer by layer. */
final class FeatureMeasures {
  private final FeatureNetwork network;
  private final Map<String, Tensor> features;

  FeatureMeasures(FeatureNetwork network, NdArray picture) {
    this.network = network;
    features = network.features(Tape.inference().constant(picture), network.layers());
  }

  FeatureNetwork.Roles roles() {
    return network.roles();
  }

  /** {@link #gramDistance} from a painting, its mean over these layers. */
  double style(FeatureMeasures painting, List<String> layers) {
    return layers.stream()
        .mapToDouble(l -> gramDistance(array(l), painting.array(l)))
        .average()
        .orElseThrow();
  }

  /** {@link #distance} from a photograph of the same size, its mean over layers of all depths. */
  double content(FeatureMeasures photograph) {
    return roles().compared().stream()
        .mapToDouble(l -> distance(array(l), photograph.array(l)))
        .average()
        .orElseThrow();
  }

  private NdArray array(String layer) {
    return features.get(layer).value();
  }

  /** |G - G*| / |G*| (Frobenius) of the Gram matrices of features [1, C, h, w] and the target's. */
  static double gramDistance(NdArray features, NdArray target) {
    NdArray goal = gram(target);
    return norm(gram(features).minus(goal)) / norm(goal);
  }

  private static NdArray gram(NdArray features) {
    return gramMatrix(Tape.inference().constant(features)).value();
  }

  private static double norm(NdArray x) {
    return Math.sqrt(x.square().sum().item());
  }

  /**
   * The squared distance between features [1, C, h, w] taken as unit vectors, mean over places:
   * from 0 to 2 (Zhang et al. 2018, arXiv:1801.03924, without their learnt weights).
   */
  static double distance(NdArray a, NdArray b) {
    return unit(a).minus(unit(b)).square().sum(1).mean().item();
  }

  private static NdArray unit(NdArray x) {
    return x.dividedBy(x.square().sumKeepDims(1).sqrt().plus(1e-10));
  }
}
