package org.tapegrad.examples.style;

import static org.tapegrad.ops.LinearAlgebra.gramMatrix;
import static org.tapegrad.ops.Losses.meanSquaredError;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * Style and content (Gatys et al. 2015, arXiv:1508.06576) by the layers of a {@link
 * FeatureNetwork}.
 */
final class FeatureLoss implements StyleLoss {
  private final FeatureNetwork network;
  private final double contentWeight;
  private final Map<String, NdArray> grams = new LinkedHashMap<>();
  private final Map<String, Double> energies = new LinkedHashMap<>();

  /** The loss for a painting [1, 3, H, W]. */
  FeatureLoss(FeatureNetwork network, NdArray painting, double contentWeight) {
    this.network = network;
    this.contentWeight = contentWeight;
    features(Tape.inference().constant(painting))
        .forEach(
            (layer, x) -> {
              grams.put(layer, gramMatrix(x).value());
              energies.put(layer, x.square().mean().item());
            });
  }

  @Override
  public Terms of(Tensor picture, Tensor photograph) {
    Map<String, Tensor> seen = features(picture);
    Map<String, Tensor> wanted = network.features(photograph, network.roles().content());
    List<Tensor> styles = new ArrayList<>();
    List<Tensor> contents = new ArrayList<>();
    for (String layer : network.roles().style()) {
      styles.add(StyleLoss.distance(gramMatrix(seen.get(layer)), grams.get(layer)));
    }
    for (String layer : network.roles().content()) {
      Tensor difference = meanSquaredError(seen.get(layer), wanted.get(layer));
      contents.add(difference.dividedBy(energies.get(layer)));
    }
    Tensor style = mean(styles);
    Tensor content = mean(contents);
    return new Terms(content, style, content.times(contentWeight).plus(style));
  }

  private Map<String, Tensor> features(Tensor picture) {
    List<String> wanted = new ArrayList<>(network.roles().style());
    network.roles().content().stream().filter(c -> !wanted.contains(c)).forEach(wanted::add);
    return network.features(picture, wanted);
  }

  private static Tensor mean(List<Tensor> terms) {
    return terms.stream().reduce(Tensor::plus).orElseThrow().dividedBy(terms.size());
  }
}
