package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.LinearAlgebra.gramMatrix;
import static org.tapegrad.ops.Losses.meanSquaredError;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.examples.style.Settings.Use;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;

/**
 * A small network learns to see what SqueezeNet sees (Romero et al. 2015, arXiv:1412.6550). Each of
 * its layers guesses one of the teacher's by a 1x1 convolution, which is thrown away in the end:
 * what the layer had to know for that stays.
 */
final class Distillation {
  private static final List<String> TAUGHT = List.of("conv1", "fire2", "fire3", "fire4", "fire5");

  /** Pictures in each step. */
  static final int BATCH = 4;

  /** What Gram matrices count for beside values. */
  private static final double GRAMS = 0.3;

  /** Every so many steps pictures are taken that deceive the student. */
  private static final int DECEIT = 3;

  /** How often the pixels of those are changed. */
  private static final int CHANGES = 3;

  /** By how much, each time. */
  private static final double CHANGE = 0.03;

  private final FeatureNetwork teacher;
  private final Looks looks;
  private final Settings settings;
  private final SplittableRandom random;
  private final List<Parameter> small = new ArrayList<>();
  private final List<Parameter> heads = new ArrayList<>();
  private final List<Double> units = new ArrayList<>();
  private final FeatureNetwork student;
  private final Adam optimizer;
  private final Workspace workspace = new Workspace();
  private int steps;

  /**
   * A student at its beginning.
   *
   * @param teacher SqueezeNet 1.1
   * @param looks pictures to learn from
   * @param steps over which the learning rate falls to zero
   */
  Distillation(FeatureNetwork teacher, Looks looks, int steps, long seed) {
    if (!teacher.layers().containsAll(TAUGHT)) {
      throw Failure.usage("distil learns from SqueezeNet 1.1, not from " + teacher.layers());
    }
    this.teacher = teacher;
    this.looks = looks;
    settings = new Settings(0, steps, BATCH, 0, 0.006, seed);
    random = new SplittableRandom(settings.seedOf(Use.WEIGHTS, 0));
    List<NdArray> seen = taught(looks.batch(seed, BATCH));
    int in = 3;
    for (int i = 0; i < FeatureNetwork.SMALL.length; i++) {
      int out = FeatureNetwork.SMALL[i];
      convolution(small, "small" + (i + 1), out, in, 3);
      convolution(heads, "head" + (i + 1), seen.get(i).size(1), out, 1);
      units.add(Math.sqrt(seen.get(i).square().mean().item()));
      in = out;
    }
    student = new FeatureNetwork(small);
    List<Parameter> all = new ArrayList<>(small);
    all.addAll(heads);
    optimizer = new Adam(all, settings.learningRate());
  }

  private void convolution(List<Parameter> to, String name, int out, int in, int kernel) {
    double deviation = Math.sqrt(2.0 / (in * kernel * kernel));
    NdArray weight = NdArray.normal(DType.FLOAT32, random, 0, deviation, out, in, kernel, kernel);
    to.add(new Parameter(name + ".weight", weight));
    to.add(new Parameter(name + ".bias", NdArray.zeros(DType.FLOAT32, out)));
  }

  private List<NdArray> taught(NdArray pictures) {
    Map<String, Tensor> features = teacher.features(Tape.inference().constant(pictures), TAUGHT);
    return TAUGHT.stream().map(layer -> features.get(layer).value()).toList();
  }

  /** Learns from a few pictures; returns the loss, 0 for a student that sees the same. */
  double step() {
    NdArray pictures = looks.batch(settings.seedOf(Use.CROPS, steps), BATCH);
    if (steps % DECEIT == 0) {
      pictures = deceiving(pictures, looks.batch(settings.seedOf(Use.NOISE, steps), BATCH));
    }
    List<NdArray> wanted = taught(pictures);
    try (Workspace.Step memory = workspace.step()) {
      Tape tape = memory.tape();
      List<Tensor> seen = seen(tape.constant(pictures));
      Tensor loss = null;
      for (int i = 0; i < seen.size(); i++) {
        Tensor weight = tape.variable(heads.get(2 * i));
        Tensor guess = relu(conv2d(seen.get(i), weight, tape.variable(heads.get(2 * i + 1))));
        Tensor goal = tape.constant(wanted.get(i).dividedBy(units.get(i)));
        Tensor grams = gramDistance(guess, gramMatrix(goal)).times(GRAMS);
        Tensor distance = meanSquaredError(guess, goal).plus(grams);
        loss = loss == null ? distance : loss.plus(distance);
      }
      optimizer.setLearningRate(settings.learningRate(steps++));
      optimizer.step(tape.gradientOf(loss, optimizer.parameters()));
      return loss.item() / seen.size();
    }
  }

  private List<Tensor> seen(Tensor pictures) {
    return List.copyOf(student.features(pictures, student.layers()).values());
  }

  /**
   * Pictures that look to the student a little more as if they were in the style of others, as
   * pixels do that are painted by its gradients: what pleases the student alone, the teacher tells.
   */
  private NdArray deceiving(NdArray pictures, NdArray others) {
    List<NdArray> goals =
        seen(Tape.inference().constant(others)).stream().map(x -> gramMatrix(x).value()).toList();
    NdArray x = pictures;
    for (int i = 0; i < CHANGES; i++) {
      try (Workspace.Step memory = workspace.step()) {
        Tape tape = memory.tape();
        Tensor pixels = tape.variable(x);
        List<Tensor> seen = seen(pixels);
        Tensor loss = null;
        for (int layer = 0; layer < goals.size(); layer++) {
          Tensor distance = gramDistance(seen.get(layer), tape.constant(goals.get(layer)));
          loss = loss == null ? distance : loss.plus(distance);
        }
        NdArray direction = tape.gradient(loss, pixels).sign();
        x = x.zip(direction, (p, d) -> Math.max(0, Math.min(1, p - CHANGE * d))).copy();
      }
    }
    return x;
  }

  /** |G - G*| / |G*| for the Gram matrices of features [N, C, h, w], the mean over pictures. */
  private static Tensor gramDistance(Tensor features, Tensor grams) {
    Tensor size = grams.square().sum(1, 2).plus(1e-12);
    Tensor far = gramMatrix(features).minus(grams).square().sum(1, 2);
    return far.dividedBy(size).plus(1e-6).sqrt().mean();
  }

  /** The weights of the student, without what is thrown away. */
  Map<String, NdArray> state() {
    Map<String, NdArray> state = new LinkedHashMap<>();
    small.forEach(p -> state.put(p.name(), p.value()));
    return state;
  }
}
