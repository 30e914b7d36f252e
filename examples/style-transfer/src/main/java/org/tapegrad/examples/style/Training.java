package org.tapegrad.examples.style;

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
  private final StyleLoss loss;
  private final Appearance appearance;
  private final TransformerNetwork network;
  private final Adam optimizer;
  private final LossHistory history = new LossHistory();
  private final Workspace workspace = new Workspace();

  /**
   * A training at its beginning, after a painting [1, 3, H, W].
   *
   * @param features for the loss, or null for a {@link FilterBank}
   */
  Training(Settings settings, NdArray painting, ImageDataset dataset, FeatureNetwork features) {
    this.settings = settings;
    this.dataset = dataset;
    loss =
        features == null
            ? new PerceptualLoss(painting, settings.contentWeight())
            : new FeatureLoss(features, painting, settings.contentWeight());
    appearance = new Appearance(painting);
    network = new TransformerNetwork(settings.seedOf(Use.WEIGHTS, 0));
    optimizer = new Adam(network.parameters(), settings.learningRate());
    identity = new LinkedHashMap<>(settings.fixed());
    identity.put(ModelFile.ARCHITECTURE, TransformerNetwork.ARCHITECTURE);
    identity.put("--style", Integer.toHexString(painting.hashCode()));
    identity.put("--features", features == null ? "none" : features.fingerprint());
    identity.put("--content", dataset.fingerprint());
    identity.put(KERNELS, DType.kernelSet());
  }

  /** The steps taken so far. */
  int steps() {
    return history.steps();
  }

  TransformerNetwork network() {
    return network;
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
    NdArray batch = dataset.batch(settings.seedOf(Use.CROPS, step), settings.batch());
    try (Workspace.Step memory = workspace.step()) {
      Tape tape = memory.tape();
      Tensor seen = tape.constant(batch);
      long noise = settings.seedOf(Use.NOISE, step);
      Tensor painted = network.forward(seen, noise);
      StyleLoss.Terms terms = loss.of(painted, seen);
      Tensor sum = terms.total().plus(appearance.of(painted, seen));
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

  private List<NdArray> gradients(int step, Tensor total) {
    List<Parameter> weights = network.parameters();
    try {
      return Gradients.requireFinite(total, weights, total.tape().gradientOf(total, weights));
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
