package org.tapegrad.examples.style;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Everything that the gradients of a training's images depend on, so that they can be computed
 * elsewhere.
 */
public final class TrainingPlan implements Serializable {
  private static final long serialVersionUID = 1;

  private final Settings settings;
  private final List<byte[]> paintings;
  private final List<byte[]> photographs;
  private final Map<String, NetworkState.Weights> features;
  private final NetworkState network;
  private final int firstStyle;

  /**
   * A plan.
   *
   * @param paintings PNG files
   * @param photographs PNG files, as small as they may be for the settings
   * @param features of a {@link FeatureNetwork}, or null
   */
  TrainingPlan(
      Settings settings,
      List<byte[]> paintings,
      List<byte[]> photographs,
      Map<String, NetworkState.Weights> features,
      NetworkState network,
      int firstStyle) {
    this.settings = settings;
    this.paintings = paintings;
    this.photographs = photographs;
    this.features = features;
    this.network = network;
    this.firstStyle = firstStyle;
  }

  /** Gets ready to compute, by a network with the parameters that the plan was made with. */
  public ImageGradients open() {
    return new ImageGradients(
        settings,
        paintings.stream().map(PictureReader::opaque).map(Pixels::of).toList(),
        ImageDataset.of(photographs, settings.size()),
        features == null ? null : FeatureNetwork.of(NetworkState.arrays(features)),
        (TransformerNetwork) network.network(),
        firstStyle);
  }
}
