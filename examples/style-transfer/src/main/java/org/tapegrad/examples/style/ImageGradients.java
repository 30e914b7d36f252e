package org.tapegrad.examples.style;

import java.util.ArrayList;
import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.style.Settings.Use;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Gradients;

/**
 * The gradients of any image of any step of a training, given the network's parameters: what a
 * training does that can be done elsewhere. Images are looked at one after the other, so that many
 * take no more memory than one. Used by one thread at a time.
 */
public final class ImageGradients {
  private final Settings settings;
  private final List<NdArray> paintings;
  private final ImageDataset dataset;
  private final FeatureNetwork features;
  private final List<StyleLoss> losses = new ArrayList<>();
  private final List<Appearance> appearances = new ArrayList<>();
  private final TransformerNetwork network;
  private final int firstStyle;
  private final List<Parameter> trained;
  private Workspace workspace = new Workspace();

  /**
   * Ready to look at images.
   *
   * @param paintings [1, 3, H, W], which steps take in turn
   * @param features for the loss, or null for a {@link FilterBank}
   * @param firstStyle the style of the first painting; earlier ones, and then all convolutions, are
   *     not trained
   */
  ImageGradients(
      Settings settings,
      List<NdArray> paintings,
      ImageDataset dataset,
      FeatureNetwork features,
      TransformerNetwork network,
      int firstStyle) {
    this.settings = settings;
    this.paintings = paintings;
    this.dataset = dataset;
    this.features = features;
    for (NdArray painting : paintings) {
      losses.add(StyleLoss.of(features, painting, settings.contentWeight()));
      appearances.add(new Appearance(painting, settings.appearance()));
    }
    this.network = network;
    this.firstStyle = firstStyle;
    trained = firstStyle == 0 ? network.parameters() : network.styleParameters();
  }

  /** The parameters that are trained. */
  List<Parameter> trained() {
    return trained;
  }

  /** What is needed to compute the same gradients elsewhere. */
  public TrainingPlan plan() {
    return new TrainingPlan(
        settings,
        paintings.stream().map(Pixels::toImage).map(PictureFiles::png).toList(),
        dataset.png(),
        features == null ? null : NetworkState.weights(features.weights()),
        NetworkState.of(network),
        firstStyle);
  }

  /** Copies of the parameters that are trained, row-major float32. */
  public List<float[]> parameters() {
    return trained.stream().map(parameter -> parameter.value().toFloatArray()).toList();
  }

  /** Overwrites the parameters that are trained by what {@link #parameters()} returned. */
  public void load(List<float[]> parameters) {
    for (int i = 0; i < trained.size(); i++) {
      NdArray value = trained.get(i).value();
      value.assign(NdArray.of(parameters.get(i), value.shape()));
    }
  }

  /** The images of every step. */
  public int images() {
    return settings.batch();
  }

  /** The sum over the images [from, to) of a step counted from 0. */
  public TreeSum sum(int step, int from, int to) {
    TreeSum sum = new TreeSum();
    for (int image = from; image < to; image++) {
      sum.add(image, of(step, image));
    }
    return sum;
  }

  private Contribution of(int step, int image) {
    int painting = step % losses.size();
    network.choose(firstStyle + painting);
    long number = (long) step * settings.batch() + image;
    NdArray crop = dataset.crop(settings.seedOf(Use.CROPS, number));
    try (Workspace.Step memory = workspace.step()) {
      Tape tape = memory.tape();
      Tensor seen = tape.constant(crop);
      Tensor painted = network.forward(seen, settings.seedOf(Use.NOISE, number));
      StyleLoss.Terms terms = losses.get(painting).of(painted, seen);
      Tensor loss = terms.total().plus(appearances.get(painting).of(painted, seen));
      double total = loss.item();
      if (!Double.isFinite(total)) {
        throw notANumber(step, tape);
      }
      List<float[]> gradients = gradients(step, loss).stream().map(NdArray::toFloatArray).toList();
      return new Contribution(terms.content().item(), terms.style().item(), total, gradients);
    }
  }

  private List<NdArray> gradients(int step, Tensor loss) {
    try {
      return Gradients.requireFinite(loss, trained, loss.tape().gradientOf(loss, trained));
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

  /** Lets go of the memory of steps; the next one takes its own again. */
  void release() {
    workspace = new Workspace();
  }

  /** The memory that one image has left for the next one, in bytes. */
  long idleBytes() {
    return workspace.idleBytes();
  }
}
