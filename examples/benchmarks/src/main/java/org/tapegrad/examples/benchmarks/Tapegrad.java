package org.tapegrad.examples.benchmarks;

import static org.tapegrad.ops.Activations.relu;
import static org.tapegrad.ops.Activations.tanh;
import static org.tapegrad.ops.Convolutions.conv2d;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;
import static org.tapegrad.ops.Losses.meanSquaredError;
import static org.tapegrad.ops.Padding.reflectionPad2d;
import static org.tapegrad.ops.Upsampling.upsampleNearest;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;
import org.tapegrad.optim.Adam;

/** This framework, each piece of work a step of a workspace as in a training loop. */
class Tapegrad implements Implementation {
  static final String NAME = "tapegrad";

  private final SplittableRandom random = new SplittableRandom(1);

  @Override
  public String name() {
    return NAME;
  }

  NdArray random(DType dtype, int... shape) {
    return NdArray.normal(dtype, random, 0, 1, shape);
  }

  static Runnable step(Consumer<Tape> work) {
    Workspace workspace = new Workspace();
    return () -> {
      try (Workspace.Step step = workspace.step()) {
        work.accept(step.tape());
      }
    };
  }

  Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    return instanceNorm2d(x, gamma, beta, 1e-5);
  }

  @Override
  public Runnable instanceNorm(DType dtype, boolean backward, int n, int c, int h, int w) {
    NdArray x = random(dtype, n, c, h, w);
    NdArray gamma = random(dtype, c);
    NdArray beta = random(dtype, c);
    NdArray seed = random(dtype, n, c, h, w);
    return step(
        tape -> {
          List<Tensor> xs = List.of(tape.variable(x), tape.variable(gamma), tape.variable(beta));
          Tensor y = normalise(xs.get(0), xs.get(1), xs.get(2));
          if (backward) {
            tape.vjp(List.of(y), List.of(seed), xs);
          }
        });
  }

  @Override
  public Runnable convolution(DType dtype, ConvolutionCase s) {
    NdArray x = random(dtype, s.n(), s.cIn(), s.h(), s.h());
    NdArray weight = random(dtype, s.cOut(), s.cIn(), s.k(), s.k());
    NdArray bias = random(dtype, s.cOut());
    NdArray seed = random(dtype, s.n(), s.cOut(), s.outSize(), s.outSize());
    return step(
        tape -> {
          List<Tensor> xs = List.of(tape.variable(x), tape.variable(weight), tape.variable(bias));
          Tensor y = conv2d(xs.get(0), xs.get(1), xs.get(2), s.stride(), s.k() / 2);
          tape.vjp(List.of(y), List.of(seed), xs);
        });
  }

  @Override
  public Runnable matmul(DType dtype, int m, int n, int k) {
    NdArray a = random(dtype, m, k);
    NdArray b = random(dtype, k, n);
    return step(tape -> tape.constant(a).matmul(tape.constant(b)));
  }

  @Override
  public Runnable elementwise(DType dtype, int size) {
    NdArray x = random(dtype, size);
    NdArray y = random(dtype, size);
    return step(
        tape -> {
          List<Tensor> xs = List.of(tape.variable(x), tape.variable(y));
          tape.gradient(tanh(xs.get(0).times(xs.get(1)).plus(xs.get(0))).mean(), xs);
        });
  }

  @Override
  public Runnable scalarChain(DType dtype, int length) {
    NdArray start = NdArray.full(dtype, 1.0001, 1);
    return () -> {
      Tape tape = new Tape();
      Tensor x = tape.variable(start);
      Tensor y = x;
      for (int i = 0; i < length; i++) {
        y = y.times(x);
      }
      tape.gradient(y, x);
    };
  }

  @Override
  public Runnable johnsonStep(DType dtype, int batch, int size) {
    List<JohnsonNetwork.Layer> layers = JohnsonNetwork.layers();
    List<Parameter> parameters = new ArrayList<>();
    for (JohnsonNetwork.Layer l : layers) {
      NdArray weight =
          NdArray.normal(dtype, random, 0, 0.05, l.out(), l.in(), l.kernel(), l.kernel());
      parameters.add(new Parameter("weight", weight));
      parameters.add(new Parameter("gamma", random(dtype, l.out())));
      parameters.add(new Parameter("beta", random(dtype, l.out())));
    }
    Adam optimizer = new Adam(parameters, 1e-3);
    NdArray x = random(dtype, batch, 3, size, size);
    NdArray target = random(dtype, batch, 3, size, size);
    return step(
        tape -> {
          List<Tensor> p = parameters.stream().map(tape::variable).toList();
          Tensor y = forward(layers, p, tape.constant(x));
          Tensor loss = meanSquaredError(y, tape.constant(target));
          optimizer.step(tape.gradientOf(loss, parameters));
        });
  }

  private Tensor forward(List<JohnsonNetwork.Layer> layers, List<Tensor> p, Tensor x) {
    Tensor block = x;
    for (int i = 0; i < layers.size(); i++) {
      JohnsonNetwork.Layer l = layers.get(i);
      if (i + 1 < layers.size() && layers.get(i + 1).residual()) {
        block = x;
      }
      if (l.upsample() > 1) {
        x = upsampleNearest(x, l.upsample());
      }
      Tensor beta = p.get(3 * i + 2);
      x = reflectionPad2d(x, l.kernel() / 2);
      x = conv2d(x, p.get(3 * i), l.last() ? beta : null, l.stride(), 0);
      if (l.last()) {
        return tanh(x);
      }
      x = normalise(x, p.get(3 * i + 1), beta);
      x = l.residual() ? x.plus(block) : relu(x);
    }
    return x;
  }
}
