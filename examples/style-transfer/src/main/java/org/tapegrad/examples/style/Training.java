package org.tapegrad.examples.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.style.Settings.Use;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;
import org.tapegrad.optim.Gradients;
import org.tapegrad.optim.Optimizer;

/**
 * A network being trained: one {@link #step()} after the other, each decided by its number alone.
 */
final class Training {
  /** The name of the kernels in {@link #identity()}. */
  static final String KERNELS = "kernels";

  private final Settings settings;
  private final ImageDataset dataset;
  private final Map<String, String> identity;
  private final List<StyleLoss> losses = new ArrayList<>();
  private final List<Appearance> appearances = new ArrayList<>();
  private final TransformerNetwork network;
  private final List<Parameter> trained;
  private final int firstStyle;
  private final Adam optimizer;
  private final LossHistory history = new LossHistory();
  private Workspace workspace = new Workspace();

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
    this.settings = settings;
    this.dataset = dataset;
    List<String> hashes = new ArrayList<>();
    for (Painting painting : paintings) {
      NdArray pixels = painting.pixels();
      losses.add(StyleLoss.of(features, pixels, settings.contentWeight()));
      appearances.add(new Appearance(pixels, settings.appearance()));
      hashes.add(Integer.toHexString(pixels.hashCode()));
    }
    List<String> names = paintings.stream().map(Painting::name).toList();
    network =
        from == null
            ? new TransformerNetwork(settings.seedOf(Use.WEIGHTS, 0), names)
            : from.withStyles(names);
    firstStyle = network.styles().size() - names.size();
    trained = from == null ? network.parameters() : network.styleParameters();
    optimizer = new Adam(trained, settings.learningRate());
    identity = new LinkedHashMap<>(settings.fixed());
    identity.put(ModelFile.ARCHITECTURE, TransformerNetwork.ARCHITECTURE);
    identity.put("--style", String.join(" ", hashes));
    identity.put(ModelFile.STYLES, String.join("\n", network.styles()));
    identity.put("--features", features == null ? "none" : features.fingerprint());
    identity.put("--content", dataset.fingerprint());
    identity.put("--from", from == null ? "none" : Integer.toHexString(from.state().hashCode()));
    identity.put(KERNELS, DType.kernelSet());
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
   * @return the loss before the improvement
   */
  double step() {
    int step = history.steps();
    int painting = step % losses.size();
    network.choose(firstStyle + painting);
    NdArray batch = dataset.batch(settings.seedOf(Use.CROPS, step), settings.batch());
    try (Workspace.Step memory = workspace.step()) {
      Tape tape = memory.tape();
      Tensor seen = tape.constant(batch);
      long noise = settings.seedOf(Use.NOISE, step);
      Tensor painted = network.forward(seen, noise);
      StyleLoss.Terms terms = losses.get(painting).of(painted, seen);
      Tensor sum = terms.total().plus(appearances.get(painting).of(painted, seen));
      double total = sum.item();
      if (!Double.isFinite(total)) {
        throw notANumber(step, tape);
      }
      List<NdArray> gradients = gradients(step, sum);
      optimizer.setLearningRate(settings.learningRate(step));
      optimizer.step(gradients);
      history.add(terms.content().item(), terms.style().item(), total);
      return total;
    }
  }

  /** Lets go of the memory of steps; the next one takes its own again. */
  void release() {
    workspace = new Workspace();
  }

  private List<NdArray> gradients(int step, Tensor total) {
    try {
      return Gradients.requireFinite(total, trained, total.tape().gradientOf(total, trained));
    } catch (ArithmeticException e) {
      throw new Failure(Failure.TRAINING, "step %d: %s".formatted(step + 1, e.getMessage()), e);
    }
  }

  private static Failure notANumber(int step, Tape tape) {
    return new Failure(
        Failure.TRAINING,
        "the loss is not a number in step %d, first in %s%s"
            .formatted(
                step + 1,
                tape.firstNonFinite().orElse("the loss itself"),
                step == 0 ? "" : "; try a lower --learning-rate"));
  }
}
