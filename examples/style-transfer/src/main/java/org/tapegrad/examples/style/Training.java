package org.tapegrad.examples.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.style.Settings.Use;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Optimizer;

/**
 * A network being trained: one {@link #step()} after the other, each decided by its number alone.
 */
public final class Training {
  /** The name of the kernels in {@link #identity()}. */
  static final String KERNELS = "kernels";

  private final Settings settings;
  private final Map<String, String> identity;
  private final TransformerNetwork network;
  private final int firstStyle;
  private final ImageGradients images;
  private final StepSum sums;
  private final Adam optimizer;
  private final LossHistory history = new LossHistory();

  /**
   * A training at its beginning; its steps take the paintings in turn.
   *
   * @param features for the loss, or null for a {@link FilterBank}
   * @param from a network that learns further styles, its convolutions and its own styles as they
   *     are; null for a new one
   */
  Training(
      Settings settings,
      List<Painting> paintings,
      ImageDataset dataset,
      FeatureNetwork features,
      TransformerNetwork from) {
    this(settings, paintings, dataset, features, from, StepSum::here);
  }

  /**
   * A training at its beginning, the gradients of which are computed as it is said.
   *
   * @param where what computes them, given what they depend on
   */
  Training(
      Settings settings,
      List<Painting> paintings,
      ImageDataset dataset,
      FeatureNetwork features,
      TransformerNetwork from,
      Function<ImageGradients, StepSum> where) {
    this.settings = settings;
    List<NdArray> pixels = paintings.stream().map(Painting::pixels).toList();
    List<String> names = paintings.stream().map(Painting::name).toList();
    network =
        from == null
            ? new TransformerNetwork(settings.seedOf(Use.WEIGHTS, 0), names)
            : from.withStyles(names);
    firstStyle = network.styles().size() - names.size();
    images = new ImageGradients(settings, pixels, dataset, features, network, firstStyle);
    sums = where.apply(images);
    optimizer = new Adam(images.trained(), settings.learningRate());
    identity = new LinkedHashMap<>(settings.fixed());
    identity.put(ModelFile.ARCHITECTURE, TransformerNetwork.ARCHITECTURE);
    identity.put(
        "--style",
        pixels.stream()
            .map(painting -> Integer.toHexString(painting.hashCode()))
            .collect(Collectors.joining(" ")));
    identity.put(ModelFile.STYLES, String.join("\n", network.styles()));
    identity.put("--features", features == null ? "none" : features.fingerprint());
    identity.put("--content", dataset.fingerprint());
    identity.put("--from", from == null ? "none" : Integer.toHexString(from.state().hashCode()));
    identity.put(KERNELS, DType.kernelSet());
  }

  /**
   * A training on the bundled pictures after the first bundled painting, at its beginning.
   *
   * @param size of the square parts of photographs, in pixels
   * @param steps until the learning rate is zero
   * @param batch images of each step
   * @param where what computes gradients, given what they depend on
   */
  public static Training bundled(
      int size, int steps, int batch, Function<ImageGradients, StepSum> where) {
    Settings usual = Settings.DEFAULT;
    Settings settings =
        new Settings(size, steps, batch, usual.contentWeight(), usual.learningRate(), usual.seed())
            .checked();
    PictureReader reader = new PictureReader(PictureReader.DEFAULT_MEGAPIXELS);
    Painting painting = Painting.of(Painting.bundled().get(0), 2 * size, reader);
    return new Training(settings, List.of(painting), ImageDataset.bundled(size), null, null, where);
  }

  /** What decides on the gradients of steps, with the parameters as they are now. */
  public ImageGradients images() {
    return images;
  }

  /** The steps taken so far. */
  int steps() {
    return history.steps();
  }

  TransformerNetwork network() {
    return network;
  }

  /** The number of the first style that is trained; earlier ones are those of another training. */
  int firstStyle() {
    return firstStyle;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  LossHistory history() {
    return history;
  }

  /** Everything that decides on the course of this training, in words. */
  Map<String, String> identity() {
    return identity;
  }

  /**
   * Paints a few photographs, sees how far they are from the style and from their content, and
   * improves the network.
   *
   * @return the loss before the improvement, the mean of the images'
   */
  public double step() {
    int step = history.steps();
    int batch = settings.batch();
    Contribution sum = sums.of(step);
    optimizer.setLearningRate(settings.learningRate(step));
    optimizer.step(mean(sum.gradients(), batch));
    double total = sum.total() / batch;
    history.add(sum.content() / batch, sum.style() / batch, total);
    return total;
  }

  private List<NdArray> mean(List<float[]> sums, int batch) {
    List<NdArray> means = new ArrayList<>();
    for (Parameter parameter : images.trained()) {
      NdArray sum = NdArray.of(sums.get(means.size()), parameter.value().shape());
      means.add(sum.dividedBy(batch));
    }
    return means;
  }

  /** Lets go of the memory of steps; the next one takes its own again. */
  void release() {
    images.release();
  }
}
